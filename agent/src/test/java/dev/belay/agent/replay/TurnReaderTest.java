package dev.belay.agent.replay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.agent.descriptor.LinkPair;
import dev.belay.agent.descriptor.Soon;
import dev.belay.agent.loop.RunningLoop;
import dev.belay.agent.wire.FrameFormatException;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@link TurnReader}: the same turns however their bytes come, and nothing of what follows. */
@Timeout(60)
final class TurnReaderTest {
  private static final RunningLoop LOOP = new RunningLoop("turn-reader-test-loop");
  private static final int TURNS = 200;

  private final ReplayFeed feed = new ReplayFeed(0, 0, 64 << 20);
  private LinkPair pair;
  private TurnReader reader;

  @BeforeEach
  void open() throws Exception {
    pair = LinkPair.open();
    reader = new TurnReader(LOOP.loop(), pair.link(), feed);
  }

  @AfterEach
  void close() throws Exception {
    pair.close();
  }

  private void read() throws Exception {
    LOOP.run(reader::read);
  }

  private void readUntil(long bytes) {
    Soon.until(
        "read " + bytes,
        () -> {
          read();
          return reader.readBytes() == bytes;
        });
  }

  /** What the handler would be given, turn by turn. */
  private String fed() {
    StringBuilder turns = new StringBuilder();
    for (long produced = 0; produced <= TURNS; produced++) {
      byte[] chunk;
      while ((chunk = feed.nextChunk(produced)) != null) {
        turns.append(produced).append(new String(chunk, US_ASCII)).append(' ');
        feed.consumed(chunk.length);
      }
    }
    return turns.toString();
  }

  @Test
  void shouldReadTheSameTurnsHoweverTheirBytesCome() throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed=" + seed);
    Random random = new Random(seed);
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    StringBuilder expected = new StringBuilder();
    for (int turn = 0; turn < TURNS; ) {
      ByteArrayOutputStream batch = new ByteArrayOutputStream();
      for (int left = 1 + random.nextInt(9); left > 0 && turn < TURNS; left--, turn++) {
        String text = "x".repeat(1 + random.nextInt(40));
        batch.write(ClientLog.record(turn, text.getBytes(US_ASCII)));
        expected.append(turn).append(text).append(' ');
      }
      sent.write(ByteBuffer.allocate(4).putInt(batch.size()).array());
      sent.write(batch.toByteArray());
    }
    byte[] all = sent.toByteArray();

    for (int at = 0; at < all.length; ) {
      int to = Math.min(all.length, at + 1 + random.nextInt(60));
      pair.send(Arrays.copyOfRange(all, at, to));
      readUntil(to);
      at = to;
    }

    assertThat(fed()).isEqualTo(expected.toString());
    assertThat(reader.isDone()).isFalse();
  }

  @Test
  void shouldReadNoByteBehindTheEnd() throws Exception {
    new ClientLog(pair)
        .batch(ClientLog.record(0, new byte[] {'a'}), ClientLog.record(7, new byte[0]));
    pair.send("raw".getBytes(US_ASCII));

    readUntil(4 + 13 + 12);

    assertThat(reader.isDone()).isTrue();
    assertThat(reader.turnOfEnd()).isEqualTo(7);
    assertThat(fed()).isEqualTo("0a ");
    assertThat(feed.isFed()).isTrue();
    ByteBuffer rest = ByteBuffer.allocate(9);
    Soon.until("raw bytes", () -> pair.link().read(rest) == 3);
  }

  @Test
  void shouldReadATurnOfTheGreatestLength() throws Exception {
    byte[] large = new byte[65536];
    new Random(1).nextBytes(large);
    new ClientLog(pair).turn(0, large);

    readUntil(4 + 12 + 65536);

    assertThat(feed.nextChunk(0)).isEqualTo(large);
  }

  @Test
  void shouldRejectATurnThatIsLongerThanItsBatch() throws Exception {
    byte[] record = ClientLog.record(0, new byte[9]);
    pair.send(ByteBuffer.allocate(4).putInt(record.length - 1).array());
    pair.send(record);

    assertRejected("length=9 left=8");
  }

  @Test
  void shouldRejectABatchThatEndsWithinAHeader() throws Exception {
    pair.send(ByteBuffer.allocate(4).putInt(13 + 5).array());
    pair.send(ClientLog.record(0, new byte[1]));
    pair.send(new byte[5]);

    assertRejected("left=0");
  }

  @Test
  void shouldRejectAnEndThatIsNotTheLastOfItsBatch() throws Exception {
    pair.send(ByteBuffer.allocate(4).putInt(24).array());
    pair.send(ClientLog.record(0, new byte[0]));

    assertRejected("length=0 left=12");
    assertThat(reader.isDone()).isFalse();
  }

  private void assertRejected(String saying) {
    assertThatThrownBy(() -> Soon.until("rejected", this::readsInVain))
        .isInstanceOf(FrameFormatException.class)
        .hasMessageContaining(saying);
  }

  private boolean readsInVain() throws Exception {
    read();
    return false;
  }

  @Test
  void shouldNotTakeAnEndOfStreamForTheEnd() throws Exception {
    new ClientLog(pair).turn(0, new byte[] {'a'});
    pair.peer().close();

    assertThatThrownBy(() -> Soon.until("end", this::readsInVain)).isInstanceOf(EOFException.class);
    assertThat(fed()).isEqualTo("0a ");
  }
}

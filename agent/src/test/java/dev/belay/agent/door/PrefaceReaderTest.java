package dev.belay.agent.door;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.descriptor.LinkPair;
import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.descriptor.Soon;
import dev.belay.agent.loop.RunningLoop;
import dev.belay.agent.wire.Bytes;
import dev.belay.agent.wire.OpenPreface;
import dev.belay.agent.wire.PairKeys;
import dev.belay.agent.wire.PrefaceHeader;
import dev.belay.agent.wire.PrefaceKind;
import dev.belay.replicator.log.SessionId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@link PrefaceReader}: the preface and not a byte more, or a refusal, once. */
@Timeout(30)
final class PrefaceReaderTest {
  private static final RunningLoop LOOP = new RunningLoop("preface-test-loop");
  private static final byte[] PREFACE =
      new OpenPreface(1, 2, new SessionId(3, 4), 0, Bytes.copyOf(new byte[32]), "7001")
          .encode(new PairKeys(new byte[32], new byte[16], 1));

  private final Heard heard = new Heard();
  private LinkPair pair;
  private PrefaceReader reader;

  /** What the reader came to. */
  private static final class Heard implements PrefaceReader.Listener {
    private final List<byte[]> prefaces = new CopyOnWriteArrayList<>();
    private final List<PrefaceKind> kinds = new CopyOnWriteArrayList<>();
    private final List<String> refusals = new CopyOnWriteArrayList<>();

    @Override
    public void preface(RawSocket socket, PrefaceKind kind, byte[] whole) {
      kinds.add(kind);
      prefaces.add(whole);
    }

    @Override
    public void refused(PrefaceReader reader, RawSocket socket, String cause) {
      assertThat(socket.isClosed()).isFalse();
      refusals.add(cause);
    }

    int count() {
      return prefaces.size() + refusals.size();
    }
  }

  @BeforeEach
  void open() throws Exception {
    pair = LinkPair.open();
    reader = LOOP.call(() -> new PrefaceReader(LOOP.loop(), pair.link(), heard));
  }

  @AfterEach
  void close() throws Exception {
    LOOP.run(() -> reader.refuse("the end of the test"));
    LOOP.run(() -> LOOP.loop().close(pair.link()));
    pair.close();
  }

  private void awaitOutcome() throws Exception {
    Soon.until("outcome", () -> heard.count() > 0);
    LOOP.settle();
    assertThat(heard.count()).isEqualTo(1);
    assertThat(reader.isDone()).isTrue();
  }

  private void checkRefused(String cause) throws Exception {
    awaitOutcome();
    assertThat(heard.refusals).containsExactly(cause);
  }

  @Test
  void shouldReadAWholePreface() throws Exception {
    pair.send(PREFACE);

    awaitOutcome();

    assertThat(heard.kinds).containsExactly(PrefaceKind.OPEN);
    assertThat(heard.prefaces.get(0)).isEqualTo(PREFACE);
  }

  @Test
  void shouldReadAPrefaceThatComesByteByByte() throws Exception {
    for (byte each : PREFACE) {
      assertThat(heard.count()).isZero();
      pair.send(new byte[] {each});
      LOOP.settle();
    }

    awaitOutcome();

    assertThat(heard.prefaces.get(0)).isEqualTo(PREFACE);
  }

  @Test
  void shouldLeaveWhatFollowsToTheApplication() throws Exception {
    byte[] more = Arrays.copyOf(PREFACE, PREFACE.length + 3);
    more[PREFACE.length] = 42;

    pair.send(more);
    awaitOutcome();

    assertThat(heard.prefaces.get(0)).isEqualTo(PREFACE);
    ByteBuffer rest = ByteBuffer.allocate(10);
    Soon.until("rest", () -> LOOP.call(() -> pair.link().read(rest)) >= 0 && rest.position() == 3);
    assertThat(rest.get(0)).isEqualTo((byte) 42);
  }

  @Test
  void shouldRefuseGarbageAtItsFirstBytes() throws Exception {
    pair.send("GET / HTTP/1.1\r\n".getBytes(US_ASCII));

    checkRefused("bad magic: 0x47455420");
  }

  @Test
  void shouldRefuseAnotherVersion() throws Exception {
    byte[] other = PREFACE.clone();
    other[4] = 2;

    pair.send(other);

    checkRefused("unknown version: 2");
  }

  @Test
  void shouldRefuseAKindThatItDoesNotKnow() throws Exception {
    byte[] other = PREFACE.clone();
    other[5] = 9;

    pair.send(other);

    checkRefused("unknown preface kind: 9");
  }

  @Test
  void shouldRefuseALengthThatNoPrefaceHas() throws Exception {
    byte[] longer = PREFACE.clone();
    ByteBuffer.wrap(longer).putShort(6, (short) 0xffff);

    pair.send(longer);

    checkRefused("bad length of OPEN preface: 65535");
  }

  @Test
  void shouldRefuseAnEndWithinTheHeader() throws Exception {
    pair.send(Arrays.copyOf(PREFACE, 5));
    pair.peer().shutdownOutput();

    checkRefused("end of stream after 5 preface bytes");
  }

  @Test
  void shouldRefuseAnEndBehindTheHeader() throws Exception {
    pair.send(Arrays.copyOf(PREFACE, 20));
    pair.peer().shutdownOutput();

    checkRefused("end of stream after 20 preface bytes");
  }

  @Test
  void shouldRefuseAStrangerThatSaysNothing() throws Exception {
    pair.peer().shutdownOutput();

    checkRefused("end of stream after 0 preface bytes");
  }

  @Test
  void shouldRefuseAStrangerThatIsGone() throws Exception {
    pair.send(Arrays.copyOf(PREFACE, 20));
    LOOP.settle();
    pair.reset();

    checkRefused("Connection reset");
  }

  @Test
  void shouldBeEndedFromOutsideOnce() throws Exception {
    LOOP.run(() -> reader.refuse("no room"));
    LOOP.run(() -> reader.refuse("no room again"));

    pair.send(PREFACE);

    checkRefused("no room");
  }

  @Test
  void shouldNotBeEndedFromOutsideAfterThePreface() throws Exception {
    pair.send(PREFACE);
    awaitOutcome();

    LOOP.run(() -> reader.refuse("too late"));

    awaitOutcome();
    assertThat(heard.refusals).isEmpty();
  }

  @Test
  void shouldTakeNoRandomBytesForAPreface() throws Exception {
    for (long seed = 0; seed < 200; seed++) {
      Heard own = new Heard();
      byte[] garbage = new byte[PrefaceHeader.MAX_PREFACE];
      new Random(seed).nextBytes(garbage);
      System.arraycopy(PREFACE, 0, garbage, 0, (int) (seed % 6)); // some of the header is right
      try (LinkPair stranger = LinkPair.open()) {
        LOOP.run(() -> new PrefaceReader(LOOP.loop(), stranger.link(), own));
        stranger.send(garbage);

        Soon.until("refused seed=" + seed, () -> own.count() == 1);

        assertThat(own.prefaces).as("seed=%d", seed).isEmpty();
      }
    }
  }
}

package dev.belay.agent.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.belay.agent.wire.TurnBatch;
import dev.belay.agent.wire.TurnHeader;
import dev.belay.replicator.log.SessionId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** {@link Pump}: whatever a link takes at a time, it gets the suffix of the stream, once. */
final class PumpTest {
  private static final long AT = FakeStream.ADDRESS;
  private static final int SCENARIOS = 150;
  private static final byte[] STREAM = new byte[1 << 19];

  static {
    new Random(1).nextBytes(STREAM);
  }

  private final FakeStream memory = new FakeStream(STREAM);
  private final Session client = client();

  private Session client() {
    return Session.ofClient(
        new SessionId(1, 2),
        "7001",
        new Session.Environment(memory, new MemoryBudget(1 << 24), 1 << 24, () -> {}));
  }

  private static void send(Session session, int length) {
    session.sending();
    session.sent(AT + session.sentPosition(), length);
  }

  /** A link that takes as much as it likes, from nothing to all. */
  private static final class Link implements Pump.Output {
    private final Random random;
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();

    Link(long seed) {
      this.random = new Random(seed);
    }

    @Override
    public int write(ByteBuffer source) {
      int room = random.nextInt(4) == 0 ? -2 : random.nextInt(1 << random.nextInt(18));
      byte[] bytes = new byte[Math.max(0, Math.min(room, source.remaining()))];
      source.get(bytes);
      taken.writeBytes(bytes);
      return room < 0 ? room : bytes.length;
    }

    byte[] taken() {
      return taken.toByteArray();
    }
  }

  @Test
  void shouldGiveTheSuffixFromAnyPositionHoweverLittleTheLinkTakes() throws Exception {
    for (long seed = 0; seed < SCENARIOS; seed++) {
      Random random = new Random(seed);
      Session session = client();
      int total = random.nextInt(STREAM.length / 2);
      send(session, total);
      int from = random.nextInt(total + 1);
      Pump pump = Pump.raw(session, from);
      Link link = new Link(seed);
      int late = random.nextInt(STREAM.length / 2);

      boolean isDone = pump.step(link);
      send(session, late); // while it is under way, or after it was through
      while (!isDone || pump.position() < session.sentPosition()) {
        isDone = pump.step(link);
      }

      assertThat(Arrays.equals(link.taken(), Arrays.copyOfRange(STREAM, from, total + late)))
          .as("seed=%d", seed)
          .isTrue();
      assertThat(pump.isBetweenPieces()).isTrue();
      assertThat(pump.fromPosition()).isEqualTo(from);
      session.release();
    }
  }

  @Test
  void shouldBeDoneAtOnceWithNothingToSend() throws Exception {
    send(client, 10);
    Link link = new Link(1);

    assertThat(Pump.raw(client, 10).step(link)).isTrue();

    assertThat(link.taken()).isEmpty();
  }

  @Test
  void shouldKnowWhatIsHalfSent() throws Exception {
    send(client, 10);
    Pump pump = Pump.raw(client, 0);

    assertThat(pump.step(source -> take(source, 4))).isFalse();

    assertThat(pump.isBetweenPieces()).isFalse();
    assertThat(pump.step(source -> take(source, 6))).isTrue();
    assertThat(pump.isBetweenPieces()).isTrue();
  }

  /** Takes so many bytes in the first call and nothing in the next. */
  private static int take(ByteBuffer source, int count) {
    int n = source.remaining() > 6 || count == 6 ? count : 0;
    source.position(source.position() + n);
    return n;
  }

  @Test
  void shouldNotGuessWhatIsNoLongerRetained() {
    Session server =
        Session.ofServer(
            new SessionId(1, 2),
            "7001",
            1,
            new Session.Environment(memory, new MemoryBudget(1 << 24), 1 << 24, () -> {}),
            null);
    send(server, 100);
    server.remoteReceived(60);

    assertThatExceptionOfType(LogTruncatedException.class)
        .isThrownBy(() -> Pump.raw(server, 59).step(new Link(1)));
  }

  @Test
  void shouldPassOnThatTheLinkIsGone() {
    send(client, 10);
    IOException gone = new IOException("Broken pipe");

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () ->
                Pump.raw(client, 0)
                    .step(
                        source -> {
                          throw gone;
                        }))
        .isSameAs(gone);
  }

  @Test
  void shouldBeFinishedOnlyWhenItIsTold() throws Exception {
    Pump pump = Pump.raw(client, 0);
    assertThat(pump.step(new Link(1))).isTrue();
    assertThat(pump.isFinished()).isFalse();

    pump.finish();

    assertThat(pump.isFinished()).isTrue();
  }

  @Test
  void shouldSendInLargePiecesWhatCameAfterALittle() throws Exception {
    send(client, 1);
    List<Integer> pieces = new ArrayList<>();

    Pump.raw(client, 0)
        .step(
            source -> {
              int n = source.remaining();
              source.position(source.limit());
              if (pieces.isEmpty()) {
                send(client, 100_000);
              }
              pieces.add(n);
              return n;
            });

    assertThat(pieces.size()).isLessThan(10);
  }

  // ---- turn records ----

  /** What a backup gets: the bytes, and for each of them what it has to wait for. */
  private static final class Decoded {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final NavigableMap<Integer, Long> turns = new TreeMap<>();
    private long turnOfEnd = -1;

    Decoded(byte[] wire) throws Exception {
      ByteBuffer in = ByteBuffer.wrap(wire);
      while (in.hasRemaining()) {
        assertThat(turnOfEnd).as("batch behind the end").isNegative();
        int length = TurnBatch.decode(in).length();
        take(in.slice(in.position(), length));
        in.position(in.position() + length);
      }
    }

    private void take(ByteBuffer batch) throws Exception {
      while (batch.hasRemaining()) {
        assertThat(turnOfEnd).as("record behind the end").isNegative();
        TurnHeader turn = TurnHeader.decode(batch);
        if (turn.isEnd()) {
          turnOfEnd = turn.outPosition();
        } else {
          turns.put(bytes.size(), turn.outPosition());
          byte[] record = new byte[turn.length()];
          batch.get(record);
          bytes.writeBytes(record);
        }
      }
    }

    long turnOf(int position) {
      return turns.floorEntry(position).getValue();
    }
  }

  @Test
  void shouldEncodeTheStreamAsTurns() throws Exception {
    for (long seed = 0; seed < SCENARIOS; seed++) {
      Random random = new Random(seed);
      Session session = client();
      NavigableMap<Integer, Long> written = converse(session, random);
      int total = (int) session.sentPosition();
      Link link = new Link(seed);

      Pump pump = Pump.turns(session, 0);
      while (!pump.step(link)) {
        assertThat(pump.isBetweenPieces()).isFalse();
      }

      Decoded decoded = new Decoded(link.taken());
      assertThat(Arrays.equals(decoded.bytes.toByteArray(), Arrays.copyOf(STREAM, total)))
          .as("seed=%d", seed)
          .isTrue();
      assertThat(new ArrayList<>(decoded.turns.values())).as("seed=%d", seed).isSorted();
      assertThat(decoded.turnOfEnd).as("seed=%d", seed).isEqualTo(session.receivedPosition());
      for (Map.Entry<Integer, Long> write : written.entrySet()) {
        assertThat(decoded.turnOf(write.getKey()))
            .as("seed=%d position=%d", seed, write.getKey())
            .isEqualTo(write.getValue());
      }
      assertThat(pump.step(link)).isTrue();
      session.release();
    }
  }

  /** Writes and reads at random; the answer is what had been read when each write began. */
  private static NavigableMap<Integer, Long> converse(Session session, Random random) {
    NavigableMap<Integer, Long> written = new TreeMap<>();
    for (int i = 0; i < random.nextInt(300); i++) {
      session.received(AT, random.nextInt(3));
      int length = 1 + random.nextInt(1 << random.nextInt(11));
      written.put((int) session.sentPosition(), session.receivedPosition());
      session.sending();
      session.received(AT, random.nextInt(3)); // an answer that is read before the write is counted
      session.sent(AT + session.sentPosition(), length);
    }
    return written;
  }

  @Test
  void shouldEncodeAConversationThatHasNotBegunAsItsEnd() throws Exception {
    Link link = new Link(3);
    Pump pump = Pump.turns(client, 0);

    while (!pump.step(link)) {
      assertThat(pump.isBetweenPieces()).isFalse();
    }

    Decoded decoded = new Decoded(link.taken());
    assertThat(decoded.bytes.size()).isZero();
    assertThat(decoded.turnOfEnd).isZero();
  }

  @Test
  void shouldSayWhatHadBeenReadWhenTheOutputWasEnded() throws Exception {
    client.received(AT, 3);
    send(client, 10);
    client.endOutput();
    client.received(AT, 4);
    Link link = new Link(3);
    Pump pump = Pump.turns(client, 0);

    while (!pump.step(link)) {
      assertThat(pump.isBetweenPieces()).isFalse();
    }

    assertThat(new Decoded(link.taken()).turnOfEnd).isEqualTo(3);
  }

  @Test
  void shouldCutALongTurnIntoRecords() throws Exception {
    send(client, 200_000);
    Link link = new Link(5);
    Pump pump = Pump.turns(client, 0);

    while (!pump.step(link)) {
      assertThat(pump.isBetweenPieces()).isFalse();
    }

    Decoded decoded = new Decoded(link.taken());
    assertThat(decoded.bytes.size()).isEqualTo(200_000);
    assertThat(decoded.turns).hasSizeGreaterThan(3);
    assertThat(decoded.turns.values()).containsOnly(0L);
  }

  @Test
  void shouldSendManySmallTurnsInFewPieces() throws Exception {
    for (int i = 0; i < 1000; i++) {
      client.received(AT, 1);
      send(client, 1);
    }
    Link link = new Link(5);
    List<Integer> pieces = new ArrayList<>();

    Pump.turns(client, 0)
        .step(
            source -> {
              pieces.add(source.remaining());
              byte[] bytes = new byte[source.remaining()];
              source.get(bytes);
              link.taken.writeBytes(bytes);
              return pieces.size();
            });

    assertThat(pieces).hasSize(1);
    assertThat(new Decoded(link.taken()).turns).hasSize(1000);
  }

  // ---- while the session goes on elsewhere ----

  @Test
  void shouldFollowTheWriterAndEndOnlyWhenItIsConcluded() throws Exception {
    for (long seed = 0; seed < SCENARIOS; seed++) {
      Random random = new Random(seed);
      Session session = client();
      Pump pump = Pump.following(session, 0);
      Link link = new Link(seed);
      int total = 0;

      for (int round = 0; round < 5; round++) {
        int length = random.nextInt(100_000);
        total += length;
        send(session, length);
        pump.step(link);
      }
      pump.conclude();
      while (!pump.step(link)) {
        assertThat(pump.position()).isLessThanOrEqualTo(total);
      }

      Turns turns = Turns.of(link.taken());
      assertThat(turns.isEnded).as("seed=%d", seed).isTrue();
      assertThat(Arrays.equals(turns.bytes(), Arrays.copyOf(STREAM, total)))
          .as("seed=%d", seed)
          .isTrue();
      session.release();
    }
  }

  @Test
  void shouldSendNothingWhileThereIsNothingNewToFollow() throws Exception {
    send(client, 10);
    Pump pump = Pump.following(client, 0);
    ByteArrayOutputStream taken = new ByteArrayOutputStream();
    Pump.Output all =
        source -> {
          int length = source.remaining();
          taken.write(source.array(), source.position(), length);
          source.position(source.limit());
          return length;
        };

    assertThat(pump.step(all)).isTrue();
    int followed = taken.size();
    assertThat(pump.step(all)).isTrue();

    assertThat(taken.size()).isEqualTo(followed);
    assertThat(Turns.of(taken.toByteArray()).isEnded).isFalse();
  }

  /** What turn records say, read without the product's reader. */
  private static final class Turns {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean isEnded;

    static Turns of(byte[] sent) throws Exception {
      Turns turns = new Turns();
      ByteBuffer in = ByteBuffer.wrap(sent);
      while (in.hasRemaining()) {
        int end = in.getInt() + in.position();
        while (in.position() < end) {
          assertThat(turns.isEnded).isFalse();
          TurnHeader turn = TurnHeader.decode(in);
          turns.bytes.write(sent, in.position(), turn.length());
          in.position(in.position() + turn.length());
          turns.isEnded = turn.isEnd();
        }
      }
      return turns;
    }

    byte[] bytes() {
      return bytes.toByteArray();
    }
  }
}

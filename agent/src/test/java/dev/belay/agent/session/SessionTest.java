package dev.belay.agent.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.belay.replicator.log.SessionId;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@link Session}: positions, checksum, what is retained, and the ends. */
final class SessionTest {
  private static final long AT = FakeStream.ADDRESS;
  private static final int LOG_LIMIT_BYTES = 100_000;
  private static final int ACK_BYTES = 1 << 20;
  private static final int FEW_BYTES = 2 << 10;
  private static final int RING_BYTES = 16 << 20;
  private static final int SCENARIOS = 50;
  private static final byte[] STREAM = new byte[1 << 20];

  static {
    new Random(1).nextBytes(STREAM);
  }

  private final AtomicInteger acksDue = new AtomicInteger();
  private final MemoryBudget budget = new MemoryBudget(1 << 26);
  private final FakeStream memory = new FakeStream(STREAM);
  private final Session.Environment environment =
      new Session.Environment(memory, budget, LOG_LIMIT_BYTES, acksDue::incrementAndGet);
  private final Session client = Session.ofClient(new SessionId(1, 2), "7001", environment);
  private final Session server =
      Session.ofServer(new SessionId(1, 2), "echo", 7, environment, null);

  private static byte[] retained(Session session) {
    int from = (int) session.sentLog().retainedFrom();
    byte[] bytes = new byte[(int) session.sentPosition() - from];
    assertThat(session.sentLog().read(from, bytes, 0, bytes.length)).isEqualTo(bytes.length);
    return bytes;
  }

  private static int crc(int length) {
    CRC32C crc = new CRC32C();
    crc.update(STREAM, 0, length);
    return (int) crc.getValue();
  }

  private static byte[] stream(int from, int to) {
    return Arrays.copyOfRange(STREAM, from, to);
  }

  @Test
  void shouldBeginWithNothing() {
    assertThat(client.isClient()).isTrue();
    assertThat(client.receivedPosition()).isZero();
    assertThat(client.sentPosition()).isZero();
    assertThat(client.receivedChecksum()).isEqualTo(crc(0));
    assertThat(client.sentLog().retainedFrom()).isZero();
    assertThat(client.finalSent()).isEqualTo(-1);
    assertThat(client.finalReceived()).isEqualTo(-1);
    assertThat(client.owesAck()).isFalse();
    assertThat(server.isClient()).isFalse();
    assertThat(server.epoch()).isEqualTo(7);
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void shouldCountWhatIsReceivedAndSent() {
    client.received(AT, 10);
    client.received(AT, 5);
    client.sent(AT, 7);

    assertThat(client.receivedPosition()).isEqualTo(15);
    assertThat(client.sentPosition()).isEqualTo(7);
  }

  @Test
  void shouldHaveTheChecksumOfAllThatIsReceivedHoweverItIsSplit() {
    for (long seed = 0; seed < SCENARIOS; seed++) {
      Random random = new Random(seed);
      Session session = Session.ofClient(new SessionId(1, seed), "7001", environment);
      int position = 0;
      for (int i = 0; i < 20; i++) {
        int length = random.nextInt(500);
        receive(session, random, position, length);
        position += length;
      }

      assertThat(session.receivedPosition()).as("seed=%d", seed).isEqualTo(position);
      assertThat(session.receivedChecksum()).as("seed=%d", seed).isEqualTo(crc(position));
    }
  }

  /** At once, or into vectors of which the last ones stay empty. */
  private void receive(Session session, Random random, int position, int length) {
    int first = random.nextInt(length + 1);
    switch (random.nextInt(2)) {
      case 0 -> session.received(AT + position, length);
      default -> session.receivedVector(memory.vectorsAt(position, first, length, 9), 3, length);
    }
  }

  @Test
  void shouldRetainAllThatIsSentHoweverItIsSplit() {
    for (long seed = 0; seed < SCENARIOS; seed++) {
      Random random = new Random(seed);
      Session session = Session.ofClient(new SessionId(1, seed), "7001", environment);
      int position = 0;
      for (int i = 0; i < 30; i++) {
        int length = random.nextInt(3000);
        send(session, random, position, length);
        position += length;
      }

      assertThat(session.sentPosition()).as("seed=%d", seed).isEqualTo(position);
      assertThat(session.sentLog().retainedFrom()).as("seed=%d", seed).isZero();
      assertThat(retained(session)).as("seed=%d", seed).isEqualTo(stream(0, position));
      session.release();
    }
    assertThat(budget.usedBytes()).isZero();
  }

  /** At once, or out of vectors of which the last ones were not taken. */
  private void send(Session session, Random random, int position, int length) {
    int first = random.nextInt(length + 1);
    switch (random.nextInt(2)) {
      case 0 -> session.sent(AT + position, length);
      default -> session.sentVector(memory.vectorsAt(position, first, length, 9), 3, length);
    }
  }

  @Test
  void shouldTellAboutEachWriteOnceItIsCounted() {
    AtomicInteger seen = new AtomicInteger();
    server.onSent(() -> seen.addAndGet((int) server.sentPosition()));

    server.sent(AT, 3);
    server.sentVector(memory.vectorsAt(3, 2, 2), 2, 4);
    server.onSent(null);
    server.sent(AT, 1);

    assertThat(seen).hasValue(3 + 7);
  }

  // ---- acknowledgements ----

  @Test
  void shouldOweAnAckUntilThePeerIsTold() {
    server.received(AT, 10);

    assertThat(server.owesAck()).isTrue();
    assertThat(server.acknowledge()).isEqualTo(10);
    assertThat(server.owesAck()).isFalse();
    assertThat(acksDue).hasValue(0);
  }

  @Test
  void shouldOweATickFewBytesOnlyWhenItIsTheirTurn() {
    server.forgetAcks();
    assertThat(server.owesAck(false)).isTrue(); // over a new control link nothing was told
    server.acknowledge();

    server.received(AT, FEW_BYTES - 1);
    assertThat(server.owesAck(false)).isFalse();
    assertThat(server.owesAck(true)).isTrue();

    server.received(AT, 1);
    assertThat(server.owesAck(false)).isTrue();
    server.acknowledge();
    assertThat(server.owesAck(true)).isFalse();
  }

  @Test
  void shouldOweTheAckAgainToANewControlLink() {
    server.received(AT, 10);
    server.acknowledge();

    server.forgetAcks();

    assertThat(server.owesAck()).isTrue();
    assertThat(server.acknowledge()).isEqualTo(10);
  }

  @Test
  void shouldAskForAnAckWhenMuchHasCome() {
    AtomicInteger asked = new AtomicInteger();
    server.listener(asked::incrementAndGet);
    server.received(AT, ACK_BYTES - 1);
    assertThat(asked).hasValue(0);

    server.received(AT, 1);

    assertThat(asked).hasValue(1);
    server.acknowledge();
    server.received(AT, 1);
    assertThat(asked).hasValue(1);
  }

  // ---- what the peer has ----

  @Test
  void shouldReleaseOutputThatTheClientHas() {
    server.sent(AT, 1000);

    server.remoteReceived(600);

    assertThat(server.remoteReceived()).isEqualTo(600);
    assertThat(server.sentLog().retainedFrom()).isEqualTo(600);
    assertThat(retained(server)).isEqualTo(stream(600, 1000));
  }

  @Test
  @Timeout(30)
  void shouldNotWaitForAWriterAndLetItReleaseWhatTheClientHas() {
    AtomicReference<Thread> heard = new AtomicReference<>();
    memory.onCopy(
        () -> {
          Thread loop = new Thread(() -> server.remoteReceived(600));
          heard.set(loop);
          loop.start();
          join(loop); // or this test ends with its time
        });

    server.sent(AT, 1000);

    assertThat(heard.get().isAlive()).isFalse();
    assertThat(server.remoteReceived()).isEqualTo(600);
    assertThat(server.sentLog().retainedFrom()).isZero();
    server.sent(AT + 1000, 1);
    assertThat(server.sentLog().retainedFrom()).isEqualTo(600);
  }

  @Test
  @Timeout(30)
  void shouldReleaseWithTheNextTrimWhatABusyWriterDidNot() {
    memory.onCopy(
        () -> {
          Thread loop = new Thread(() -> server.remoteReceived(600));
          loop.start();
          join(loop);
        });
    server.sent(AT, 1000);

    server.sentLog().trim();

    assertThat(server.sentLog().retainedFrom()).isEqualTo(600);
    assertThat(retained(server)).isEqualTo(stream(600, 1000));
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void shouldKeepTheWholeInputLogWhateverTheServerHas() {
    client.sent(AT, 1000);

    client.remoteReceived(600);

    assertThat(client.remoteReceived()).isEqualTo(600);
    assertThat(client.sentLog().retainedFrom()).isZero();
  }

  @Test
  void shouldIgnoreAPositionThatIsLate() {
    server.sent(AT, 1000);
    server.remoteReceived(600);

    server.remoteReceived(500);
    server.remoteReceived(-1);

    assertThat(server.remoteReceived()).isEqualTo(600);
    assertThat(server.sentLog().retainedFrom()).isEqualTo(600);
  }

  @Test
  void shouldReleaseNoMoreThanThereIsForAPositionAheadOfTheWriter() {
    server.sent(AT, 1000);

    server.remoteReceived(1200);

    assertThat(server.sentLog().retainedFrom()).isEqualTo(1000);
    server.sent(AT + 1000, 500);
    assertThat(retained(server)).isEqualTo(stream(1000, 1500));
  }

  @Test
  void shouldReleaseWhatWillNeverBeAskedFor() {
    server.sent(AT, 1000);

    server.sentLog().releaseSent(300);
    server.sentLog().releaseSent(200);

    assertThat(server.sentLog().retainedFrom()).isEqualTo(300);
    server.sentLog().releaseSent(5000);
    assertThat(server.sentLog().retainedFrom()).isEqualTo(1000);
    assertThatExceptionOfType(LogTruncatedException.class)
        .isThrownBy(() -> server.sentLog().read(999, new byte[1], 0, 1));
  }

  @Test
  void shouldKeepOnlyTheNewestOutputInTheRing() {
    int written = 0;
    while (written <= RING_BYTES) {
      server.sent(AT, STREAM.length);
      written += STREAM.length;
    }

    assertThat(server.sentLog().retainedFrom()).isEqualTo(written - RING_BYTES);
    assertThat(server.sentLog().isDemoted()).isFalse();
    server.release();
    assertThat(budget.usedBytes()).isZero();
  }

  // ---- ends ----

  @Test
  void shouldEndItsOutputWhereItIs() {
    client.received(AT, 5);
    client.sent(AT, 10);

    client.endOutput();
    client.received(AT, 5);
    client.endOutput();

    assertThat(client.finalSent()).isEqualTo(10);
    assertThat(client.turnOfEnd()).isEqualTo(5);
  }

  @Test
  void shouldHaveTheTurnOfThePresentWhileItsOutputHasNotEnded() {
    client.received(AT, 5);

    assertThat(client.turnOfEnd()).isEqualTo(5);
  }

  @Test
  void shouldBeCompleteWhenTheApplicationHasBeenGivenAllThatThePeerEnded() {
    client.received(AT, 5);
    assertThat(client.isInputComplete()).isFalse();

    client.remoteEnded(8, false);

    assertThat(client.isInputComplete()).isFalse();
    assertThat(client.isRemoteClosed()).isFalse();
    client.received(AT, 3);
    assertThat(client.isInputComplete()).isTrue();
  }

  @Test
  void shouldBeCompleteWhenThePeersApplicationHasBeenGivenAllOfAnEndedOutput() {
    client.sent(AT, 10);
    client.remoteReceived(10);
    assertThat(client.isOutputComplete()).isFalse();

    client.endOutput();

    assertThat(client.isOutputComplete()).isTrue();
  }

  @Test
  void shouldStayClosedThoughAnOldFinSaysHalfClosed() {
    client.remoteEnded(8, true);

    client.remoteEnded(8, false);

    assertThat(client.isRemoteClosed()).isTrue();
  }

  @Test
  void shouldForgetWhatAFormerIncarnationEndedOrWasGiven() {
    client.sent(AT, 10);
    client.remoteReceived(10);
    client.remoteEnded(0, true);

    client.newIncarnation();

    assertThat(client.isRemoteClosed()).isFalse();
    assertThat(client.isInputComplete()).isFalse();
    assertThat(client.remoteReceived()).isZero();
    client.remoteReceived(4);
    assertThat(client.remoteReceived()).isEqualTo(4);
  }

  @Test
  void shouldCountAWriteThatEndsAfterTheSessionWasReleased() {
    client.sent(AT, 1000);

    client.release();
    client.sent(AT + 1000, 500);

    assertThat(client.sentPosition()).isEqualTo(1500);
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void shouldGiveSpareMemoryBackWhenItIsTrimmed() {
    server.sent(AT, 200_000);
    server.remoteReceived(200_000);

    server.sentLog().trim();

    assertThat(budget.usedBytes()).isLessThan(20_000);
    assertThat(server.sentLog().retainedBytes()).isEqualTo(budget.usedBytes());
  }

  // ---- marks ----

  @Test
  void shouldMarkWhatWasReceivedWithItsChecksum() {
    client.received(AT, 1000);
    client.received(AT + 1000, 24);

    assertThat(client.receivedMark()).isEqualTo(new Session.Mark(1024, crc(1024)));
  }

  @Test
  void shouldMarkOnlyWhatBelongsTogetherWhileTheReaderGoesOn() throws Exception {
    int piece = 64;
    Thread reader =
        new Thread(
            () -> {
              for (int at = 0; at < STREAM.length; at += piece) {
                client.received(AT + at, piece);
              }
            });
    reader.start();
    int marks = 0;
    while (client.receivedPosition() < STREAM.length) {
      Session.Mark mark = client.receivedMark();
      if (mark != null && mark.position() < STREAM.length) {
        marks++;
        assertThat(mark.checksum()).isEqualTo(crc((int) mark.position()));
      }
    }
    reader.join();

    assertThat(client.receivedMark())
        .isEqualTo(new Session.Mark(STREAM.length, crc(STREAM.length)));
    assertThat(marks).isNotNegative();
  }
}

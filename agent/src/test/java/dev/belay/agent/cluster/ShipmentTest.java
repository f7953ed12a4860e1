package dev.belay.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import dev.belay.agent.session.InputLog;
import dev.belay.agent.session.MemoryBudget;
import dev.belay.agent.session.NativeStream;
import dev.belay.agent.session.Session;
import dev.belay.replicator.log.Epoch;
import dev.belay.replicator.log.LogRecord;
import dev.belay.replicator.log.SessionId;
import dev.belay.replicator.log.SessionRecord;
import dev.belay.replicator.log.SessionUnknownException;
import dev.belay.replicator.memory.MemorySessionLog;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@link Shipment} and {@link LogWriter}: what the application was given is in the log, once. */
final class ShipmentTest {
  private static final int LIMIT_BYTES = 8 << 20;
  private static final SessionId ID = new SessionId(1, 2);
  private static final byte[] STREAM = new byte[6 << 20];
  private static final byte[] NO_KEY = {};

  static {
    new Random(3).nextBytes(STREAM);
  }

  private final FlakyLog log = new FlakyLog(new MemorySessionLog(System::nanoTime), new Random(1));
  private final LogWriter writer = new LogWriter(() -> log, System::nanoTime, 50);
  private final Session.Environment environment = environment(LIMIT_BYTES);
  private final AtomicInteger fenced = new AtomicInteger();
  private final AtomicInteger told = new AtomicInteger();
  private final AtomicInteger givenUp = new AtomicInteger();
  private final Shipment.Owner owner =
      new Shipment.Owner() {
        @Override
        public void durable() {
          told.incrementAndGet();
        }

        @Override
        public void fenced() {
          fenced.incrementAndGet();
        }

        @Override
        public void givenUp() {
          givenUp.incrementAndGet();
        }
      };

  private Session session;
  private Shipment shipment;
  private int given;

  /** The stream's own bytes, the address being the position. */
  private static final class StreamMemory implements NativeStream {
    @Override
    public void copy(long address, byte[] target, int offset, int length) {
      System.arraycopy(STREAM, (int) address, target, offset, length);
    }

    @Override
    public void copyOut(byte[] source, int offset, long address, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int checksum(int register, long address, int length) {
      return register;
    }

    @Override
    public long vectorBase(long vectors, int index) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int vectorLength(long vectors, int index) {
      throw new UnsupportedOperationException();
    }
  }

  @BeforeEach
  void start() {
    writer.start();
    writer.hasHolder(true);
  }

  @AfterEach
  void stop() {
    writer.close();
  }

  private static Session.Environment environment(long logLimitBytes) {
    return new Session.Environment(
        new StreamMemory(), new MemoryBudget(64 << 20), logLimitBytes, () -> {});
  }

  private void begin(SessionRecord record, boolean claimed) {
    begin(record, claimed, environment);
  }

  private void begin(SessionRecord record, boolean claimed, Session.Environment environment) {
    begin(record, writer.ship(record, claimed), environment);
  }

  private void begin(SessionRecord record, Shipment begun, Session.Environment environment) {
    shipment = begun;
    InputLog input = new InputLog(environment, shipment::appended);
    session =
        Session.ofServer(new SessionId(1, 2), "echo", record.epoch().number(), environment, input);
    shipment.begin(input, owner);
    given = 0;
  }

  private void beginNew() {
    begin(SessionRecord.begun(ID, "echo", "a", NO_KEY), false);
  }

  private void give(int length) {
    session.received(given, length);
    given += length;
  }

  @Test
  void shouldHaveOnePlaceWithTheWriter() {
    beginNew();

    assertThatIllegalStateException().isThrownBy(() -> shipment.begin(session.input(), owner));
  }

  private void awaitDurable(long position) {
    await().until(() -> shipment.durablePosition() == position);
  }

  private byte[] held() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    List<LogRecord> records;
    do {
      records = log.behind().read(ID, bytes.size(), 1 << 20).toCompletableFuture().join();
      records.forEach(record -> bytes.writeBytes(record.bytes()));
    } while (!records.isEmpty());
    return bytes.toByteArray();
  }

  private static byte[] stream(int length) {
    return java.util.Arrays.copyOf(STREAM, length);
  }

  @Test
  void shouldShipWhatTheApplicationWasGiven() {
    beginNew();
    give(1);
    give(70_000);
    awaitDurable(70_001);
    give(3_000_000);
    awaitDurable(3_070_001);

    assertThat(held()).isEqualTo(stream(3_070_001));
    assertThat(told).hasPositiveValue();
  }

  @Test
  void shouldKeepTheTurns() {
    beginNew();
    give(10);
    session.sent(0, 7);
    give(20);
    give(5);
    awaitDurable(35);

    assertThat(log.behind().read(ID, 0, 100).toCompletableFuture().join())
        .extracting(LogRecord::outPosition)
        .startsWith(0L)
        .endsWith(7L)
        .containsOnly(0L, 7L);
  }

  @Test
  void shouldShipTheSameStreamThroughALogThatFailsNowAndThen() {
    log.failOneIn(3);
    beginNew();
    Random random = new Random(7);
    while (given < 400_000) {
      give(1 + random.nextInt(20_000));
      if (random.nextInt(10) == 0) {
        Thread.onSpinWait();
      }
    }
    awaitDurable(given);

    assertThat(held()).isEqualTo(stream(given));
    assertThat(fenced).hasValue(0);
  }

  @Test
  void shouldShipAgainFromTheStartWhenTheHolderHasForgotten() {
    beginNew();
    give(100_000);
    awaitDurable(100_000);
    log.behind().close(ID, Epoch.FIRST).toCompletableFuture().join();
    give(1);
    awaitDurable(100_001);

    assertThat(held()).isEqualTo(stream(100_001));
  }

  @Test
  void shouldNoticeThatTheHolderHasForgottenASilentSession() {
    beginNew();
    give(100_000);
    awaitDurable(100_000);
    log.behind().close(ID, Epoch.FIRST).toCompletableFuture().join();
    writer.hasHolder(true); // the members have changed

    await().untilAsserted(() -> assertThat(held()).isEqualTo(stream(100_000)));
  }

  @Test
  void shouldCallNothingDurableWhileThereIsNoHolder() {
    beginNew();
    give(1000);
    awaitDurable(1000);
    writer.hasHolder(false);
    awaitDurable(0);
    give(1000);
    writer.hasHolder(true);
    awaitDurable(2000);
  }

  @Test
  void shouldSayWhenAnotherServerHasTheSession() {
    beginNew();
    give(1000);
    awaitDurable(1000);
    log.behind().claim(ID, Epoch.FIRST, Epoch.FIRST.next(), "b").toCompletableFuture().join();
    give(1);

    await().untilAtomic(fenced, org.hamcrest.Matchers.is(1));
    assertThat(held()).isEqualTo(stream(1000));
  }

  @Test
  void shouldGoOnWhereAClaimedLogEnds() {
    beginNew();
    give(5000);
    awaitDurable(5000);
    shipment.end(false);
    SessionRecord claimed =
        log.behind().claim(ID, Epoch.FIRST, Epoch.FIRST.next(), "b").toCompletableFuture().join();
    begin(claimed, true);
    awaitDurable(5000);
    give(5000); // the replay
    give(2000);
    awaitDurable(7000);

    assertThat(held()).isEqualTo(stream(7000));
  }

  @Test
  void shouldClaimAHolderThatWasNotAsked() {
    beginNew();
    give(5000);
    awaitDurable(5000);
    shipment.end(false);
    begin(new SessionRecord(ID, new Epoch(3), "echo", "c", NO_KEY, 0, 0), false);
    give(6000);
    awaitDurable(6000);

    assertThat(held()).isEqualTo(stream(6000));
    assertThat(log.behind().session(ID).toCompletableFuture().join().server()).isEqualTo("c");
    assertThat(fenced).hasValue(0);
  }

  /**
   * Its client may have dropped what only the members hold, and the new handler has not read it.
   */
  @Test
  void shouldClaimWhatIsHeldOfASessionThatHasMovedHere() {
    beginNew();
    give(5000);
    awaitDurable(5000);
    SessionRecord moved = new SessionRecord(ID, new Epoch(3), "echo", "c", NO_KEY, 0, 0);
    Shipment there = writer.ship(moved, false);
    there.claimsFirst();
    begin(moved, there, environment);
    awaitDurable(5000); // nothing has been read yet

    assertThat(held()).isEqualTo(stream(5000));
    give(6000);
    awaitDurable(6000);
    assertThat(held()).isEqualTo(stream(6000));
    assertThat(log.behind().session(ID).toCompletableFuture().join().server()).isEqualTo("c");
  }

  @Test
  void shouldBeginALogOfAMovedSessionThatNobodyHolds() {
    SessionRecord moved = new SessionRecord(ID, new Epoch(3), "echo", "c", NO_KEY, 0, 0);
    Shipment there = writer.ship(moved, false);
    there.claimsFirst();
    begin(moved, there, environment);
    give(6000);
    awaitDurable(6000);

    assertThat(held()).isEqualTo(stream(6000));
  }

  @Test
  void shouldGiveWayToALaterEpochThatItFinds() {
    log.behind()
        .open(new SessionRecord(ID, new Epoch(4), "echo", "z", NO_KEY, 0, 0))
        .toCompletableFuture()
        .join();
    begin(new SessionRecord(ID, new Epoch(3), "echo", "c", NO_KEY, 0, 0), false);
    give(10);

    await().untilAtomic(fenced, org.hamcrest.Matchers.is(1));
  }

  @Test
  void shouldGiveUpALogBeyondItsLimit() {
    beginNew();
    give(5 << 20);
    awaitDurable(5 << 20);
    given = 0;
    give(5 << 20);

    await().untilAtomic(givenUp, org.hamcrest.Matchers.is(1));
    await().until(() -> isForgotten());
    assertThat(shipment.durablePosition()).isZero();
  }

  private SessionRecord takenOver(int length) {
    beginNew();
    give(length);
    awaitDurable(length);
    shipment.end(false);
    return log.behind()
        .claim(ID, Epoch.FIRST, Epoch.FIRST.next(), "b")
        .toCompletableFuture()
        .join();
  }

  @Test
  void shouldShipAgainWhatTheHandlerHasNotReadYetWhenTheHolderIsLost() {
    begin(takenOver(100_000), true);
    awaitDurable(100_000);
    session.input().appendAhead(new LogRecord(LogRecord.Kind.INPUT, 0, 0, stream(100_000)));
    log.behind().close(ID, Epoch.FIRST.next()).toCompletableFuture().join();
    writer.hasHolder(true); // the members have changed

    await().untilAsserted(() -> assertThat(held()).isEqualTo(stream(100_000)));
    give(100_000);
    give(1);
    awaitDurable(100_001);
    assertThat(held()).isEqualTo(stream(100_001));
  }

  @Test
  void shouldNotCloseALogThatAReplayStillReadsThoughThereIsNoRoomForItHere() {
    begin(takenOver(100_000), true, environment(1000));
    awaitDurable(100_000);
    give(99_999);
    awaitDurable(0);
    writer.hasHolder(true); // once more
    assertThat(held()).isEqualTo(stream(100_000));
    assertThat(givenUp).hasValue(0);

    give(1);

    await().untilAtomic(givenUp, org.hamcrest.Matchers.is(1));
    await().until(() -> isForgotten());
  }

  @Test
  void shouldDropTheLogOfASessionThatHasEnded() {
    log.failOneIn(2);
    beginNew();
    give(1000);
    awaitDurable(1000);
    shipment.end(true);

    await().until(() -> isForgotten());
  }

  @Test
  void shouldLeaveTheLogToWhoeverGoesOnWithTheSession() {
    for (int i = 0; i < 20; i++) {
      begin(new SessionRecord(ID, new Epoch(i), "echo", "a", NO_KEY, 0, 0), false);
      give(1000 + i);
      awaitDurable(1000 + i);

      session.release(); // as when its handler fails, and before the shipment hears of it
      shipment.appended();
      shipment.end(false);
      writer.hasHolder(true);
      give(1);
    }

    assertThat(held()).isEqualTo(stream(1019));
    assertThat(givenUp).hasValue(0);
  }

  @Test
  void shouldKeepASilentSessionAlive() {
    beginNew();
    give(1000);
    awaitDurable(1000);
    long since = System.nanoTime();
    await().until(() -> System.nanoTime() - since > Duration.ofMillis(1200).toNanos());

    assertThat(log.behind().expire(Duration.ofMillis(900)).toCompletableFuture().join()).isZero();
  }

  @Test
  void shouldGoOnAfterAnError() {
    beginNew();
    give(1000);
    awaitDurable(1000);
    log.throwErrors(2);
    give(1000);

    awaitDurable(2000);
    assertThat(held()).isEqualTo(stream(2000));
  }

  /** Until the fence goes there is nothing to be done. */
  @Test
  void shouldNotAskWithoutPauseForASessionThatIsFencedAndNotHeld() {
    log.behind().fence(ID, Epoch.FIRST.next());
    beginNew();
    give(1000);
    long since = System.nanoTime();
    await().until(() -> System.nanoTime() - since > Duration.ofMillis(800).toNanos());

    assertThat(log.opens()).isBetween(2, 5);
    assertThat(fenced).hasValue(0);
  }

  /** As when the holder has no room. */
  @Test
  void shouldRepeatLessAndLessOftenWhatFails() {
    beginNew();
    give(1000);
    awaitDurable(1000);
    int before = log.appends();
    log.failOneIn(1);
    give(1000);
    long since = System.nanoTime();
    await().until(() -> System.nanoTime() - since > Duration.ofMillis(1500).toNanos());

    assertThat(log.appends() - before).isBetween(2, 6);
  }

  /** With a clock of its own; no pass begins before it says so. */
  private LogWriter pacedBy(AtomicLong clock) {
    LogWriter paced = new LogWriter(() -> log, clock::get, 60_000);
    paced.start();
    paced.hasHolder(true);
    begin(
        SessionRecord.begun(ID, "echo", "a", NO_KEY),
        paced.ship(SessionRecord.begun(ID, "echo", "a", NO_KEY), false),
        environment);
    await().until(() -> log.opens() == 1);
    clock.addAndGet(LogWriter.PACE_NS);
    give(1); // finds the writer idle
    awaitDurable(1);
    return paced;
  }

  @Test
  void shouldGatherWhatComesBetweenTwoPasses() {
    AtomicLong clock = new AtomicLong();
    LogWriter paced = pacedBy(clock);
    int before = log.appends();
    for (int i = 0; i < 100; i++) {
      give(10);
      session.sent(0, 1);
    }
    await()
        .until(
            () -> {
              paced.hasHolder(true); // wakes the writer; the holder's answer is no pass either
              return log.touches() > 2;
            });
    assertThat(log.appends()).isEqualTo(before);
    clock.addAndGet(LogWriter.PACE_NS);
    awaitDurable(1001);

    assertThat(log.appends()).isEqualTo(before + 1);
    assertThat(held()).isEqualTo(stream(1001));
    paced.close();
  }

  @Test
  void shouldShipMuchWithoutWaitingForAPass() {
    AtomicLong clock = new AtomicLong();
    LogWriter paced = pacedBy(clock);
    for (int i = 0; i < 100; i++) {
      give(1000);
    }
    await().until(() -> given - shipment.durablePosition() < 32 << 10);

    clock.addAndGet(LogWriter.PACE_NS);
    awaitDurable(given);
    assertThat(held()).isEqualTo(stream(given));
    paced.close();
  }

  private boolean isForgotten() {
    try {
      log.behind().session(ID).toCompletableFuture().join();
      return false;
    } catch (CompletionException e) {
      return e.getCause() instanceof SessionUnknownException;
    }
  }
}

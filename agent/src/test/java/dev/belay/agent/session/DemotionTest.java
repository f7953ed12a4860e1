package dev.belay.agent.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.replicator.log.SessionId;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** At the limit a session goes on without its log, but never without the bytes of a resume. */
final class DemotionTest {
  private static final long AT = FakeStream.ADDRESS;
  private static final int LOG_LIMIT_BYTES = 10_000;
  private static final int SCENARIOS = 100;
  private static final byte[] STREAM = new byte[1 << 18];

  static {
    new Random(1).nextBytes(STREAM);
  }

  private final AtomicInteger acksDue = new AtomicInteger();
  private final MemoryBudget budget = new MemoryBudget(1 << 24);
  private final FakeStream memory = new FakeStream(STREAM);
  private final Session client = client(budget);

  private Session client(MemoryBudget from) {
    return Session.ofClient(
        new SessionId(1, 2),
        "7001",
        new Session.Environment(memory, from, LOG_LIMIT_BYTES, acksDue::incrementAndGet));
  }

  private static void checkRetained(Session session, String of) {
    int from = (int) session.sentLog().retainedFrom();
    int to = (int) session.sentPosition();
    byte[] bytes = new byte[to - from];
    session.sentLog().read(from, bytes, 0, bytes.length);
    assertThat(bytes).as(of).isEqualTo(Arrays.copyOfRange(STREAM, from, to));
  }

  @Test
  void shouldKeepItsLogUpToTheLimit() {
    client.sent(AT, LOG_LIMIT_BYTES);

    assertThat(client.sentLog().isDemoted()).isFalse();
    assertThat(client.sentLog().retainedFrom()).isZero();
  }

  @Test
  void shouldGoOnBeyondTheLimitAndSaySo() {
    client.sent(AT, LOG_LIMIT_BYTES);

    client.sent(AT + LOG_LIMIT_BYTES, 1);
    client.sent(AT + LOG_LIMIT_BYTES + 1, 5000);

    assertThat(client.sentLog().isDemoted()).isTrue();
    assertThat(client.sentPosition()).isEqualTo(LOG_LIMIT_BYTES + 5001);
    assertThat(acksDue.get()).isPositive();
    checkRetained(client, "all");
  }

  @Test
  void shouldKeepWhatTheServersApplicationHasNotBeenGiven() {
    client.sent(AT, LOG_LIMIT_BYTES);
    client.remoteReceived(4000);

    client.sent(AT + LOG_LIMIT_BYTES, 1000);

    assertThat(client.sentLog().isDemoted()).isTrue();
    assertThat(client.sentLog().retainedFrom()).isEqualTo(4000);
    checkRetained(client, "the rest");
  }

  @Test
  void shouldReleaseWhatTheServerHasOnceItIsDemoted() {
    client.sent(AT, LOG_LIMIT_BYTES);
    client.sent(AT + LOG_LIMIT_BYTES, 1000);

    client.remoteReceived(LOG_LIMIT_BYTES + 300);

    assertThat(client.sentLog().retainedFrom()).isEqualTo(LOG_LIMIT_BYTES + 300);
    checkRetained(client, "the rest");
  }

  @Test
  void shouldSayFromWhereItsTurnsAreKept() {
    client.sent(AT, LOG_LIMIT_BYTES);
    assertThat(client.sentLog().turnsFrom()).isZero();

    client.sent(AT + LOG_LIMIT_BYTES, 1000);
    assertThat(client.sentLog().turnsFrom()).isEqualTo(LOG_LIMIT_BYTES + 1000);

    client.sent(AT + LOG_LIMIT_BYTES + 1000, 500);
    assertThat(client.sentLog().turnsFrom()).isEqualTo(LOG_LIMIT_BYTES + 1500);

    client.sentLog().durable(100);
    client.sent(AT + LOG_LIMIT_BYTES + 1500, 500);
    assertThat(client.sentLog().turnsFrom()).isEqualTo(LOG_LIMIT_BYTES + 1500);
  }

  @Test
  void shouldBeDemotedWhenMemoryIsShort() {
    MemoryBudget small = new MemoryBudget(3000);
    Session session = client(small);
    assertThat(small.tryTake(2500)).isTrue();

    session.sent(AT, 5000);

    assertThat(session.sentLog().isDemoted()).isTrue();
    assertThat(session.sentPosition()).isEqualTo(5000);
    checkRetained(session, "what there was room for");
  }

  @Test
  void shouldKeepWhatIsOnItsWayWhenMemoryIsUsedUp() {
    MemoryBudget small = new MemoryBudget(4 * Retention.BLOCK_BYTES);
    Session session = clientWithoutLimit(small);
    session.sent(AT, 4 * Retention.BLOCK_BYTES);
    session.remoteReceived(2 * Retention.BLOCK_BYTES);

    session.sent(AT + 4 * Retention.BLOCK_BYTES, 5000);

    assertThat(session.sentLog().isDemoted()).isTrue();
    assertThat(session.sentLog().retainedFrom()).isEqualTo(2 * Retention.BLOCK_BYTES);
    checkRetained(session, "what the server has not got");
  }

  @Test
  void shouldBeDemotedWhenThereIsNoMemoryForATurn() {
    MemoryBudget small = new MemoryBudget(Retention.FIRST_BLOCK_BYTES);
    Session session = clientWithoutLimit(small);
    session.sent(AT, 100);
    session.received(AT, 1);
    session.sending();

    session.sent(AT + 100, 20);

    assertThat(session.sentLog().isDemoted()).isTrue();
    checkRetained(session, "all");
  }

  private Session clientWithoutLimit(MemoryBudget from) {
    return Session.ofClient(
        new SessionId(1, 2),
        "7001",
        new Session.Environment(memory, from, Long.MAX_VALUE, acksDue::incrementAndGet));
  }

  @Test
  void shouldKeepNoTurnsForWhichThereIsNoMemoryThoughOthersHoldTheLog() {
    MemoryBudget small = new MemoryBudget(10_000);
    Session session = client(small);
    session.sentLog().durable(1);
    session.sent(AT, LOG_LIMIT_BYTES - 100);
    assertThat(session.sentLog().mayMove()).isTrue();
    small.tryTake(small.limitBytes() - small.usedBytes());
    session.received(AT, 1);
    session.sending();

    session.sent(AT + session.sentPosition(), 10);

    assertThat(session.sentLog().turnsFrom()).isEqualTo(session.sentPosition());
    checkRetained(session, "what there was room for");
  }

  @Test
  void shouldBeDemotedWhenItsTurnsAloneWouldFillTheLog() {
    int sent = 0;
    while (!client.sentLog().isDemoted()) {
      client.received(AT, 1);
      client.sending();
      client.sent(AT + sent, 1);
      sent++;
    }

    assertThat(sent).isLessThan(LOG_LIMIT_BYTES);
    assertThat(client.sentPosition()).isEqualTo(sent);
    checkRetained(client, "all");
  }

  @Test
  void shouldRetainTheStreamWhateverComesFirst() {
    for (long seed = 0; seed < SCENARIOS; seed++) {
      Random random = new Random(seed);
      MemoryBudget own = new MemoryBudget(1 << 20);
      Session session = client(own);
      int limit = STREAM.length - 4000;
      while (session.sentPosition() < limit) {
        session.sent(AT + session.sentPosition(), 1 + random.nextInt(4000));
        long known = session.remoteReceived();
        session.remoteReceived(known + random.nextInt((int) (session.sentPosition() - known) + 1));
        assertThat(session.sentLog().retainedFrom())
            .as("seed=%d", seed)
            .isLessThanOrEqualTo(session.remoteReceived());
        checkRetained(session, "seed=" + seed);
      }
      assertThat(session.sentLog().isDemoted()).as("seed=%d", seed).isTrue();
      assertThat(own.usedBytes()).as("seed=%d", seed).isEqualTo(session.sentLog().retainedBytes());
      session.release();
      assertThat(own.usedBytes()).as("seed=%d", seed).isZero();
    }
  }

  @Test
  void shouldReleaseWhatIsHeldElsewhereInsteadOfBeingDemoted() {
    client.sent(AT, 9000);
    client.sentLog().durable(8000);

    client.sent(AT + 9000, 5000);

    assertThat(client.sentLog().isDemoted()).isFalse();
    assertThat(client.sentLog().retainedFrom()).isBetween(4000L, 8000L);
    checkRetained(client, "what is not held elsewhere, at least");
  }

  @Test
  void shouldKeepWhatIsHeldElsewhereAsLongAsItFits() {
    client.sent(AT, 9000);
    client.sentLog().durable(9000);

    client.sent(AT + 9000, 1000);

    assertThat(client.sentLog().retainedFrom()).isZero();
  }

  @Test
  void shouldReleaseNothingMoreWhenAHolderIsGone() {
    client.sent(AT, 9000);
    client.sentLog().durable(9000);
    client.sent(AT + 9000, 5000);
    long before = client.sentLog().retainedFrom();

    client.sentLog().durable(0);
    client.sent(AT + 14_000, 100);

    assertThat(client.sentLog().retainedFrom()).isEqualTo(before);
    assertThat(client.sentLog().mayMove()).isTrue();
  }

  @Test
  void shouldBeProtectedAgainOnceTheLogElsewhereHasCaughtUp() {
    client.sent(AT, 9000);
    client.sentLog().durable(100);
    client.sent(AT + 9000, 9000);
    assertThat(client.sentLog().mayMove()).isTrue();

    client.sentLog().durable(18_000);

    assertThat(client.sentLog().isDemoted()).isFalse();
    checkRetained(client, "after the log has caught up");
  }

  @Test
  void shouldNeverReleaseWhatIsNotDurable() {
    Random random = new Random(5);
    for (int scenario = 0; scenario < SCENARIOS; scenario++) {
      Session session = client(new MemoryBudget(1 << 24));
      long durable = 0;
      session.sentLog().durable(1);
      while (session.sentPosition() < STREAM.length - 1000 && !session.sentLog().isDemoted()) {
        session.sent(AT + session.sentPosition(), 1 + random.nextInt(999));
        assertThat(
                session.sentLog().isDemoted()
                    || session.sentLog().retainedFrom() <= Math.max(1, durable))
            .isTrue();
        checkRetained(session, "scenario " + scenario);
        durable = Math.max(durable, session.sentPosition() - random.nextInt(6000));
        session.sentLog().durable(Math.max(1, durable));
      }
      session.release();
    }
  }
}

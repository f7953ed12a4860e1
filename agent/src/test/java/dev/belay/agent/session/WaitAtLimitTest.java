package dev.belay.agent.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.replicator.log.SessionId;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whose application waits at the limit keeps every byte that nobody else holds. */
final class WaitAtLimitTest {
  private static final long AT = FakeStream.ADDRESS;
  private static final int LIMIT_BYTES = 10_000;
  private static final int MOST_BYTES = 4_000;
  private static final int SCENARIOS = 100;
  private static final byte[] STREAM = new byte[1 << 18];

  static {
    new Random(1).nextBytes(STREAM);
  }

  private final FakeStream memory = new FakeStream(STREAM);
  private final Session client = client(new MemoryBudget(1 << 24));

  private Session client(MemoryBudget budget) {
    Session session =
        Session.ofClient(
            new SessionId(1, 2),
            "7001",
            new Session.Environment(memory, budget, LIMIT_BYTES, () -> {}));
    session.sentLog().waitAtLimit();
    return session;
  }

  @Test
  void shouldWaitWhenTheLogIsFull() {
    assertThat(client.sentLog().maySend()).isTrue();
    client.sent(AT, LIMIT_BYTES - 1);
    assertThat(client.sentLog().maySend()).isTrue();

    client.sent(AT + LIMIT_BYTES - 1, 1);

    assertThat(client.sentLog().maySend()).isFalse();
    assertThat(client.sentLog().isDemoted()).isFalse();
  }

  @Test
  void shouldKeepWhatOneCallTookBeyondTheLimit() {
    client.sent(AT, LIMIT_BYTES - 1);

    client.sent(AT + LIMIT_BYTES - 1, 5000);

    assertThat(client.sentLog().isDemoted()).isFalse();
    assertThat(client.sentLog().retainedFrom()).isZero();
    client.sentLog().durable(4000);
    assertThat(client.sentLog().maySend()).isFalse();
    client.sentLog().durable(5000);
    assertThat(client.sentLog().maySend()).isTrue();
  }

  @Test
  void shouldWaitAgainWhenAHolderHasLostTheLog() {
    client.sent(AT, LIMIT_BYTES);
    client.sentLog().durable(LIMIT_BYTES);
    client.sent(AT + LIMIT_BYTES, 10); // makes room of what is durable
    assertThat(client.sentLog().retainedFrom()).isEqualTo(LIMIT_BYTES);

    client.sentLog().durable(0);

    client.sent(AT + LIMIT_BYTES + 10, LIMIT_BYTES - 10);
    assertThat(client.sentLog().maySend()).isFalse();
    client.sentLog().durable(LIMIT_BYTES);
    assertThat(client.sentLog().maySend()).isFalse();
    client.sentLog().durable(LIMIT_BYTES + 1);
    assertThat(client.sentLog().maySend()).isTrue();
  }

  /** Sixteen bytes for each piece of input that has output before it. */
  @Test
  void shouldWaitWhenTheTurnsFillTheLog() {
    int turns = 0;
    while (client.sentLog().maySend() && turns < LIMIT_BYTES) {
      client.received(AT + turns, 1);
      client.sending();
      client.sent(AT + turns, 1);
      turns++;
    }
    assertThat(turns).isBetween(LIMIT_BYTES / 64, LIMIT_BYTES / 8);

    client.sentLog().durable(turns);

    assertThat(client.sentLog().maySend()).isTrue();
    assertThat(client.sentLog().isDemoted()).isFalse();
  }

  @Test
  void shouldNotWaitOnceTheLogIsGivenUp() {
    client.sent(AT, LIMIT_BYTES);

    client.sentLog().giveUpLog();

    assertThat(client.sentLog().maySend()).isTrue();
    assertThat(client.sentLog().isDemoted()).isTrue();
    assertThat(client.sentLog().mayMove()).isFalse();
  }

  @Test
  void shouldBeDemotedRatherThanWaitForMemory() {
    MemoryBudget small = new MemoryBudget(3000);
    Session session = client(small);
    assertThat(small.tryTake(2500)).isTrue();

    session.sent(AT, 1000);

    assertThat(session.sentLog().isDemoted()).isTrue();
    assertThat(session.sentLog().maySend()).isTrue();
  }

  @Test
  void shouldKeepAllThatIsNotDurableInAnyOrder() {
    for (int seed = 0; seed < SCENARIOS; seed++) {
      Random random = new Random(seed);
      Session session = client(new MemoryBudget(1 << 24));
      while (session.sentPosition() < STREAM.length - MOST_BYTES) {
        long sent = session.sentPosition();
        long durable = session.sentLog().durablePosition();
        session.sentLog().durable(durable + random.nextInt((int) (sent - durable) + 1));
        if (session.sentLog().maySend()) {
          send(session, sent, random);
        }
        check(session, "seed=" + seed);
      }
    }
  }

  /** By one piece, or by a gathering write of which the kernel takes as much as it likes. */
  private void send(Session session, long sent, Random random) {
    int length = 1 + random.nextInt(MOST_BYTES);
    if (random.nextBoolean()) {
      session.sent(AT + sent, length);
      return;
    }
    int first = random.nextInt(length + 1);
    int second = random.nextInt(length - first + 1);
    long vectors = memory.vectorsAt((int) sent, first, second, length - first - second);
    session.sentVector(vectors, 3, 1 + random.nextInt(length));
  }

  @Test
  void shouldKeepWhatOneGatheringCallTookBeyondTheLimit() {
    client.sentVector(memory.vectorsAt(0, 6000, 3000, 4000, 2000), 4, 14_000);

    check(client, "gathered");
    assertThat(client.sentPosition()).isEqualTo(14_000);
    assertThat(client.sentLog().maySend()).isFalse();
    client.sentLog().durable(4000);
    assertThat(client.sentLog().maySend()).isFalse();
    client.sentLog().durable(4001);
    assertThat(client.sentLog().maySend()).isTrue();
  }

  private static void check(Session session, String of) {
    int from = (int) session.sentLog().retainedFrom();
    int to = (int) session.sentPosition();
    byte[] bytes = new byte[to - from];
    session.sentLog().read(from, bytes, 0, bytes.length);
    assertThat(session.sentLog().isDemoted()).as(of).isFalse();
    assertThat(bytes).as(of).isEqualTo(Arrays.copyOfRange(STREAM, from, to));
    assertThat(from).as(of).isLessThanOrEqualTo((int) session.sentLog().durablePosition());
    assertThat(to - from).as(of).isLessThanOrEqualTo(LIMIT_BYTES + MOST_BYTES);
  }
}

package dev.belay.agent.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.replicator.log.LogRecord;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** {@link InputLog}: what is put in ahead of the handler is the same as what it is given. */
final class InputLogTest {
  private static final long AT = FakeStream.ADDRESS;
  private static final int LIMIT_BYTES = 50_000;
  private static final byte[] STREAM = new byte[100_000];

  static {
    new Random(5).nextBytes(STREAM);
  }

  private final AtomicInteger told = new AtomicInteger();
  private final MemoryBudget budget = new MemoryBudget(1 << 20);
  private final InputLog log =
      new InputLog(
          new Session.Environment(new FakeStream(STREAM), budget, LIMIT_BYTES, () -> {}),
          told::incrementAndGet);

  private boolean ahead(int from, int to, long outPosition) {
    byte[] bytes = Arrays.copyOfRange(STREAM, from, to);
    return log.appendAhead(new LogRecord(LogRecord.Kind.INPUT, from, outPosition, bytes));
  }

  private void give(int from, int to, long sentPosition) {
    log.append(AT + from, to - from, sentPosition);
  }

  private void assertHolds(int length) {
    int position = 0;
    for (LogRecord record : log.recordsFrom(0, STREAM.length)) {
      assertThat(record.inPosition()).isEqualTo(position);
      int end = (int) record.endPosition();
      assertThat(record.bytes()).isEqualTo(Arrays.copyOfRange(STREAM, position, end));
      position = end;
    }
    assertThat(position).isEqualTo(length);
  }

  @Test
  void shouldHoldAtOnceWhatTheHandlerIsOnlyGoingToBeGiven() {
    assertThat(ahead(0, 1000, 0)).isTrue();

    assertHolds(1000);
    assertThat(log.givenPosition()).isZero();
    assertThat(told).hasValue(1);
  }

  @Test
  void shouldHoldOnceWhatTheHandlerIsGivenOfIt() {
    ahead(0, 1000, 0);
    give(0, 400, 0);
    give(400, 1500, 7);
    give(1500, 2000, 7);

    assertHolds(2000);
    assertThat(log.givenPosition()).isEqualTo(2000);
  }

  @Test
  void shouldKeepTheTurnsAsTheyWere() {
    ahead(0, 10, 0);
    ahead(10, 30, 5);
    give(0, 10, 3);
    give(10, 30, 9);
    give(30, 50, 12);

    List<LogRecord> records = log.recordsFrom(0, STREAM.length);
    assertThat(records).extracting(LogRecord::inPosition).containsExactly(0L, 10L, 30L);
    assertThat(records).extracting(LogRecord::outPosition).containsExactly(0L, 5L, 12L);
  }

  @Test
  void shouldTakeNothingThatDoesNotFollow() {
    ahead(0, 10, 0);

    assertThat(ahead(11, 20, 0)).isFalse();
    assertThat(ahead(5, 20, 0)).isFalse();
    assertHolds(10);
  }

  @Test
  void shouldGoOnWithTheHandlerWhereThereWasNoRoomAhead() {
    ahead(0, 40_000, 0);

    assertThat(ahead(40_000, 60_000, 1)).isFalse();
    assertThat(log.isGivenUp()).isFalse();
    give(0, 45_000, 1);
    assertHolds(45_000);
    give(45_000, 60_000, 1);
    assertThat(log.isGivenUp()).isTrue();
    assertThat(log.givenPosition()).isEqualTo(60_000);
  }

  @Test
  void shouldBeGivenUpWhenThereIsNoMemoryForATurn() {
    give(0, 100, 0);
    assertThat(budget.tryTake(budget.limitBytes() - budget.usedBytes())).isTrue();

    give(100, 101, 1);

    assertThat(log.isGivenUp()).isTrue();
    assertThat(log.givenPosition()).isEqualTo(101);
  }

  @Test
  void shouldTakeNothingOnceItIsClosed() {
    ahead(0, 40_000, 0);
    log.close();

    assertThat(ahead(40_000, 40_001, 0)).isFalse();
    assertThat(log.heldBytes()).isZero();
    assertThat(budget.usedBytes()).isZero();
  }
}

package dev.belay.agent.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** {@link TurnLog}: which output the input at a position had waited for. */
final class TurnLogTest {

  private static final long NONE = Long.MAX_VALUE;

  private final MemoryBudget budget = new MemoryBudget(1 << 20);
  private final TurnLog turns = new TurnLog(budget);

  @Test
  void shouldKnowOnlyTheImpliedMarkAtFirst() {
    assertThat(turns.outPositionFor(0)).isZero();
    assertThat(turns.outPositionFor(1000)).isZero();
    assertThat(turns.nextMarkAfter(0)).isEqualTo(NONE);
    assertThat(turns.heldBytes()).isZero();
  }

  @Test
  void shouldFindTheLastMarkAtOrBeforeAPosition() {
    turns.mark(10, 100);
    turns.mark(20, 200);

    assertThat(turns.outPositionFor(9)).isZero();
    assertThat(turns.outPositionFor(10)).isEqualTo(100);
    assertThat(turns.outPositionFor(19)).isEqualTo(100);
    assertThat(turns.outPositionFor(20)).isEqualTo(200);
    assertThat(turns.nextMarkAfter(9)).isEqualTo(10);
    assertThat(turns.nextMarkAfter(10)).isEqualTo(20);
    assertThat(turns.nextMarkAfter(20)).isEqualTo(NONE);
  }

  @Test
  void shouldKeepNoMarkWithoutNewOutput() {
    turns.mark(0, 0);
    turns.mark(10, 100);

    turns.mark(20, 100);

    assertThat(turns.nextMarkAfter(0)).isEqualTo(10);
    assertThat(turns.nextMarkAfter(10)).isEqualTo(NONE);
  }

  @Test
  void shouldKeepTheLaterOfTwoMarksBetweenWhichNothingWasWritten() {
    turns.mark(10, 100);

    turns.mark(10, 150);

    assertThat(turns.outPositionFor(10)).isEqualTo(150);
    assertThat(turns.nextMarkAfter(10)).isEqualTo(NONE);
  }

  @Test
  void shouldRejectMarksThatGoBack() {
    turns.mark(10, 100);
    turns.mark(20, 100);

    assertThatIllegalStateException()
        .isThrownBy(() -> turns.mark(19, 100))
        .withMessage("mark goes back: in=19 out=100 after in=20 out=100");
    assertThatIllegalStateException().isThrownBy(() -> turns.mark(20, 99));
  }

  @Test
  void shouldBeAsNewWhenCleared() {
    turns.mark(10, 100);

    turns.clear();

    assertThat(turns.heldBytes()).isZero();
    assertThat(turns.outPositionFor(10)).isZero();
    turns.mark(5, 50);
    assertThat(turns.outPositionFor(10)).isEqualTo(50);
  }

  @Test
  void shouldTakeTwoLongsForAMark() {
    for (int i = 1; i <= 10_000; i++) {
      turns.mark(i, i);
    }

    assertThat(turns.heldBytes()).isBetween(160_000L, 160_000L + 16 * TurnLog.CHUNK_MARKS);
  }

  @Test
  void shouldNotGrowWhileNothingIsWritten() {
    turns.mark(10, 1);
    long before = turns.heldBytes();

    for (int out = 2; out <= 10_000; out++) {
      turns.mark(10, out);
    }

    assertThat(turns.heldBytes()).isEqualTo(before);
  }

  @Test
  void shouldAnswerAsASortedMapWould() {
    for (long seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      TurnLog log = new TurnLog(new MemoryBudget(1 << 20));
      NavigableMap<Long, Long> model = new TreeMap<>();
      long end = markAtRandom(random, log, model);
      for (int i = 0; i < 300; i++) {
        checkAt((long) (random.nextDouble() * (end + 2)), log, model, seed);
      }
    }
  }

  private static long markAtRandom(Random random, TurnLog log, Map<Long, Long> model) {
    long in = 0;
    long out = 0;
    int marks = random.nextInt(2000);
    for (int i = 0; i < marks; i++) {
      in += random.nextInt(4);
      int produced = random.nextInt(3);
      out += produced;
      log.mark(in, out);
      if (produced > 0) {
        model.put(in, out);
      }
    }
    return in;
  }

  private static void checkAt(
      long position, TurnLog log, NavigableMap<Long, Long> model, long seed) {
    Map.Entry<Long, Long> at = model.floorEntry(position);
    Long after = model.higherKey(position);
    assertThat(log.outPositionFor(position))
        .as("seed=%d position=%d", seed, position)
        .isEqualTo(at == null ? 0 : at.getValue());
    assertThat(log.nextMarkAfter(position))
        .as("seed=%d position=%d", seed, position)
        .isEqualTo(after == null ? NONE : after);
  }

  @Test
  void shouldKnowTheTurnsOfWhatIsLeftWhenTheOthersAreForgotten() {
    int marks = 5 * TurnLog.CHUNK_MARKS;
    for (int i = 1; i <= marks; i++) {
      turns.mark(10L * i, 100L * i);
    }
    long held = turns.heldBytes();

    turns.forgetBefore(10L * marks / 2 + 5);

    assertThat(turns.heldBytes()).isLessThan(held);
    for (int i = marks / 2; i < marks; i++) {
      assertThat(turns.outPositionFor(10L * i + 9)).isEqualTo(100L * i);
      assertThat(turns.nextMarkAfter(10L * i)).isEqualTo(10L * (i + 1));
    }
    turns.mark(10L * marks + 10, 100L * marks + 100);
    assertThat(turns.outPositionFor(10L * marks + 10)).isEqualTo(100L * marks + 100);
  }

  @Test
  void shouldTakeItsMemoryFromTheBudget() {
    for (int i = 1; i <= 5 * TurnLog.CHUNK_MARKS; i++) {
      turns.mark(i, i);
      assertThat(budget.usedBytes()).isEqualTo(turns.heldBytes()).isPositive();
    }

    turns.forgetBefore(3 * TurnLog.CHUNK_MARKS);
    assertThat(budget.usedBytes()).isEqualTo(turns.heldBytes());

    turns.clear();
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void shouldRefuseAMarkForWhichThereIsNoMemory() {
    int marks = 0;
    while (turns.mark(marks + 1, marks + 1)) {
      marks++;
    }
    assertThat(marks).isBetween((1 << 16) - TurnLog.CHUNK_MARKS, 1 << 16);
    assertThat(turns.outPositionFor(marks + 1)).isEqualTo(marks);

    turns.forgetBefore(marks / 2);

    assertThat(turns.mark(marks + 1, marks + 1)).isTrue();
    assertThat(turns.outPositionFor(marks + 1)).isEqualTo(marks + 1);
  }

  @Test
  void shouldForgetNothingThatIsStillNeeded() {
    turns.mark(10, 100);
    turns.mark(20, 200);

    turns.forgetBefore(1000);

    assertThat(turns.outPositionFor(1000)).isEqualTo(200);
  }
}

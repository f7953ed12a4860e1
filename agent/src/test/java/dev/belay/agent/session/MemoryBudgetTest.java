package dev.belay.agent.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@link MemoryBudget}: all or nothing, and never more than there is. */
final class MemoryBudgetTest {

  private static final int THREADS = 4;
  private static final int ROUNDS = 20_000;

  private final MemoryBudget budget = new MemoryBudget(100);

  @Test
  void shouldTakeUpToItsLimit() {
    assertThat(budget.tryTake(60)).isTrue();
    assertThat(budget.tryTake(40)).isTrue();

    assertThat(budget.usedBytes()).isEqualTo(100);
    assertThat(budget.limitBytes()).isEqualTo(100);
  }

  @Test
  void shouldTakeNothingWhenNotAllFits() {
    assertThat(budget.tryTake(60)).isTrue();

    assertThat(budget.tryTake(41)).isFalse();
    assertThat(budget.tryTake(Long.MAX_VALUE)).isFalse();

    assertThat(budget.usedBytes()).isEqualTo(60);
  }

  @Test
  void shouldTakeAgainWhatWasGivenBack() {
    assertThat(budget.tryTake(100)).isTrue();

    budget.give(30);

    assertThat(budget.tryTake(30)).isTrue();
    assertThat(budget.usedBytes()).isEqualTo(100);
  }

  @Test
  void shouldHaveNothingLeftWhileMoreIsInUseThanItsLimit() {
    assertThat(budget.tryTake(60)).isTrue();

    budget.take(50);

    assertThat(budget.freeBytes()).isZero();
    assertThat(budget.tryTake(1)).isFalse();
    budget.give(60);
    assertThat(budget.freeBytes()).isEqualTo(50);
    assertThat(budget.tryTake(50)).isTrue();
  }

  @Test
  void shouldRejectMoreThanWasTaken() {
    assertThat(budget.tryTake(10)).isTrue();

    assertThatIllegalStateException()
        .isThrownBy(() -> budget.give(11))
        .withMessage("budget given too much: given=11 used=10");

    assertThat(budget.usedBytes()).isEqualTo(10);
  }

  @Test
  void shouldLetGoOfPooledBlocksForWhatIsTaken() {
    long block = Retention.BLOCK_BYTES;
    MemoryBudget large = new MemoryBudget(20 * block);
    for (int i = 0; i < 20; i++) {
      large.recycle(new byte[Retention.BLOCK_BYTES]);
    }
    assertThat(large.pooledBytes()).isEqualTo(10 * block);

    assertThat(large.tryTake(10 * block)).isTrue();
    assertThat(large.pooledBytes()).isEqualTo(10 * block);
    assertThat(large.tryTake(6 * block + 1)).isTrue();

    assertThat(large.pooledBytes()).isEqualTo(3 * block);
    large.recycle(new byte[Retention.BLOCK_BYTES]);
    assertThat(large.pooledBytes()).isEqualTo(3 * block);
  }

  @Test
  void shouldRejectNegativeAmounts() {
    assertThatIllegalArgumentException().isThrownBy(() -> new MemoryBudget(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> budget.tryTake(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> budget.give(-1));
  }

  @Test
  @Timeout(10)
  void shouldNeverExceedItsLimitWhenThreadsRace() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    List<Future<Long>> highest = new ArrayList<>();
    for (int seed = 0; seed < THREADS; seed++) {
      Random random = new Random(seed);
      highest.add(threads.submit(() -> takeAndGive(random)));
    }
    threads.shutdown();

    for (Future<Long> each : highest) {
      assertThat(each.get(5, TimeUnit.SECONDS)).isLessThanOrEqualTo(budget.limitBytes());
    }

    assertThat(budget.usedBytes()).isZero();
  }

  /** Returns the highest use it saw. */
  private long takeAndGive(Random random) {
    long highest = 0;
    for (int i = 0; i < ROUNDS; i++) {
      int bytes = random.nextInt(60);
      if (budget.tryTake(bytes)) {
        highest = Math.max(highest, budget.usedBytes());
        budget.give(bytes);
      }
    }
    return highest;
  }
}

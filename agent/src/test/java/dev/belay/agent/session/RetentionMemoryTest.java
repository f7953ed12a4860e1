package dev.belay.agent.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What a {@link Retention} costs: nothing unused, little when idle, no garbage while bytes flow.
 */
final class RetentionMemoryTest {

  private static final int KIB = 1024;
  private static final int BLOCK = Retention.BLOCK_BYTES;
  private static final byte[] BYTES = new byte[64 * KIB];

  /** Of the test's own code and of a first call here and there; one block is more. */
  private static final long NOISE_BYTES = 8 * KIB;

  private final MemoryBudget budget = new MemoryBudget(1 << 24);
  private final Retention log = new Retention(budget, 1 << 20, Overflow.REFUSE);

  @Test
  void shouldCostLessThanHundredBytesWhenEmpty() {
    Retention[] many = new Retention[10_000];
    long before = allocatedBytes();

    for (int i = 0; i < many.length; i++) {
      many[i] = new Retention(budget, 1 << 20, Overflow.REFUSE);
    }

    assertThat((allocatedBytes() - before) / many.length).isLessThan(100);
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void shouldGrowWithItsContentUntilItFillsABlock() {
    log.append(BYTES, 0, 10);
    assertThat(log.heldBytes()).isEqualTo(128);

    log.append(BYTES, 0, 1000);
    assertThat(log.heldBytes()).isEqualTo(1024);

    log.append(BYTES, 0, 15_000);
    assertThat(log.heldBytes()).isEqualTo(BLOCK);

    log.append(BYTES, 0, 1000);
    assertThat(log.heldBytes()).isEqualTo(2 * BLOCK);
  }

  @Test
  void shouldStaySmallWhileSmallContentMovesOn() {
    log.append(BYTES, 0, 100);

    for (int i = 0; i < 10_000; i++) {
      log.append(BYTES, 0, 50);
      log.release(log.endPosition() - 100);
    }

    assertThat(log.heldBytes()).isEqualTo(512);
  }

  @Test
  void shouldKeepNothingWhenIdleAndEmpty() {
    log.append(BYTES, 0, 60_000);
    log.release(60_000);

    log.trimSpare();

    assertThat(log.heldBytes()).isZero();
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void shouldShrinkToItsContentWhenIdle() {
    log.append(BYTES, 0, 60_000);
    log.release(59_000);

    log.trimSpare();

    assertThat(log.heldBytes()).isEqualTo(KIB);
    assertThat(log.read(59_000, new byte[2000], 0, 2000)).isEqualTo(1000);
  }

  @Test
  void shouldKeepFewSpareBlocks() {
    Retention large = new Retention(budget, 1 << 23, Overflow.REFUSE);
    for (int i = 0; i < 100; i++) {
      large.append(BYTES, 0, BYTES.length);
    }

    large.release(large.endPosition());

    assertThat(large.heldBytes()).isEqualTo((long) Retention.SPARE_BLOCKS_LIMIT * BLOCK);
  }

  @Test
  void shouldUseTheBlockThatWasReleasedLastFirst() {
    List<byte[]> targets = new ArrayList<>();
    NativeMemory memory = new NotedTargets(targets);
    for (int i = 0; i < 5; i++) {
      log.append(memory, 0, BLOCK);
    }

    log.release(3 * BLOCK);
    for (int i = 0; i < 4; i++) {
      log.append(memory, 0, BLOCK);
    }

    assertThat(targets.get(5) == targets.get(2)).isTrue();
    assertThat(targets.get(6) == targets.get(1)).isTrue();
    assertThat(targets.get(7) == targets.get(0)).isTrue();
    assertThat(targets.subList(0, 8)).noneMatch(used -> used == targets.get(8));
    assertThat(log.heldBytes()).isEqualTo(6L * BLOCK);
  }

  @Test
  void shouldUseTheBlocksOfAnotherThatIsOver() {
    List<byte[]> targets = new ArrayList<>();
    NativeMemory memory = new NotedTargets(targets);
    for (int i = 0; i < 5; i++) {
      log.append(memory, 0, BLOCK);
    }
    log.close();
    assertThat(budget.usedBytes()).isZero();
    assertThat(budget.pooledBytes()).isEqualTo(5L * BLOCK);

    Retention next = new Retention(budget, 1 << 20, Overflow.REFUSE);
    next.append(BYTES, 0, 10);
    for (int i = 0; i < 5; i++) {
      next.append(memory, 0, BLOCK);
    }

    assertThat(targets.subList(6, 11)).allMatch(used -> isAmong(targets.subList(0, 5), used));
    assertThat(budget.pooledBytes()).isZero();
  }

  @Test
  void shouldGiveEachBlockToOthersOnce() {
    for (int i = 0; i < 8; i++) {
      log.append(BYTES, 0, BLOCK);
    }
    log.release(3 * BLOCK);

    log.trimSpare();
    assertThat(budget.pooledBytes()).isEqualTo(3L * BLOCK);
    log.trimSpare();
    log.close();
    log.close();

    assertThat(budget.pooledBytes()).isEqualTo(8L * BLOCK);
  }

  private static boolean isAmong(List<byte[]> blocks, byte[] wanted) {
    return blocks.stream().anyMatch(block -> block == wanted);
  }

  /** Knows which blocks were written to. */
  private record NotedTargets(List<byte[]> targets) implements NativeMemory {
    @Override
    public void copy(long address, byte[] target, int offset, int length) {
      targets.add(target);
    }

    @Override
    public void copyOut(byte[] source, int offset, long address, int length) {
      throw new AssertionError("nobody reads");
    }
  }

  @Test
  void shouldKeepNoSpareBlocksWhenTheBudgetIsScarce() {
    append(16);
    assertThat(budget.tryTake(budget.limitBytes() - budget.usedBytes())).isTrue();

    log.release(log.endPosition() - 1);

    assertThat(log.heldBytes()).isEqualTo(BLOCK);
  }

  @Test
  void shouldNotAllocateWhileBytesAreReleasedAtTheRateTheyCome() {
    long warmUp = appendAndRelease(200);
    long before = allocatedBytes();

    long released = appendAndRelease(200);

    assertThat(released).isEqualTo(200L * 4 * BYTES.length).isEqualTo(warmUp);
    assertThat(allocatedBytes() - before).isLessThan(NOISE_BYTES);
  }

  private long appendAndRelease(int rounds) {
    long start = log.startPosition();
    for (int i = 0; i < rounds; i++) {
      append(4);
      log.release(log.endPosition());
    }
    return log.startPosition() - start;
  }

  private void append(int times) {
    for (int i = 0; i < times; i++) {
      log.append(BYTES, 0, BYTES.length);
    }
  }

  private static long allocatedBytes() {
    return ManagementFactory.getPlatformMXBean(ThreadMXBean.class)
        .getThreadAllocatedBytes(Thread.currentThread().getId());
  }
}

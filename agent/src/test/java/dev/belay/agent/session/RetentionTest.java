package dev.belay.agent.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** {@link Retention}: what it keeps, what it refuses, what it drops. */
final class RetentionTest {

  private static final int KIB = 1024;
  private static final int BLOCK = Retention.BLOCK_BYTES;
  private static final byte[] STREAM = new byte[1 << 20];

  static {
    new Random(1).nextBytes(STREAM);
  }

  private final MemoryBudget budget = new MemoryBudget(1 << 24);
  private final Retention log = new Retention(budget, 256 * KIB, Overflow.REFUSE);
  private final Retention ring = new Retention(budget, 40 * KIB, Overflow.DROP_OLDEST);

  @Test
  void shouldReadWhatWasAppendedFromHeapAndFromNativeMemory() {
    FakeMemory memory = new FakeMemory(STREAM);

    assertThat(log.append(STREAM, 0, 30_000)).isTrue();
    assertThat(log.append(memory, FakeMemory.ADDRESS + 30_000, 30_000)).isTrue();

    assertThat(log.startPosition()).isZero();
    assertThat(log.endPosition()).isEqualTo(60_000);
    assertThat(read(log, 0, 60_000)).isEqualTo(stream(0, 60_000));
  }

  @Test
  void shouldReadNoFurtherThanItsEnd() {
    log.append(STREAM, 0, 100);

    assertThat(read(log, 90, 50)).isEqualTo(stream(90, 100));
    assertThat(read(log, 100, 50)).isEmpty();
  }

  @Test
  void shouldStartExactlyWhereItWasReleased() {
    log.append(STREAM, 0, 3 * BLOCK);

    log.release(BLOCK + 7);

    assertThat(log.startPosition()).isEqualTo(BLOCK + 7);
    assertThat(read(log, BLOCK + 7, 10)).isEqualTo(stream(BLOCK + 7, BLOCK + 17));
  }

  @Test
  void shouldSayWhatIsGoneWhenReleasedBytesAreRead() {
    log.append(STREAM, 0, 100);
    log.release(40);

    assertThatExceptionOfType(LogTruncatedException.class)
        .isThrownBy(() -> log.read(39, new byte[1], 0, 1))
        .withMessage("log truncated: wanted=39 start=40 end=100")
        .satisfies(e -> assertThat(e.wantedPosition()).isEqualTo(39))
        .satisfies(e -> assertThat(e.startPosition()).isEqualTo(40))
        .satisfies(e -> assertThat(e.endPosition()).isEqualTo(100));
  }

  @Test
  void shouldIgnoreReleaseThatIsOldNews() {
    log.append(STREAM, 0, 100);
    log.release(40);

    log.release(10);

    assertThat(log.startPosition()).isEqualTo(40);
  }

  @Test
  void shouldRejectPositionsBehindItsEnd() {
    log.append(STREAM, 0, 100);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> log.release(101))
        .withMessage("position behind the end: wanted=101 end=100");
    assertThatIllegalArgumentException().isThrownBy(() -> log.read(101, new byte[1], 0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> log.skipTo(99));
  }

  @Test
  void shouldKeepNothingOfWhatExceedsItsLimit() {
    log.append(STREAM, 0, 250 * KIB);

    assertThat(log.append(STREAM, 250 * KIB, 6 * KIB + 1)).isFalse();

    assertThat(log.endPosition()).isEqualTo(250 * KIB);
    assertThat(log.append(STREAM, 250 * KIB, 6 * KIB)).isTrue();
    assertThat(read(log, 249 * KIB, 7 * KIB)).isEqualTo(stream(249 * KIB, 256 * KIB));
  }

  @Test
  void shouldKeepNothingOfWhatExceedsTheBudget() {
    MemoryBudget small = new MemoryBudget(2 * BLOCK);
    Retention poor = new Retention(small, Long.MAX_VALUE, Overflow.REFUSE);
    poor.append(STREAM, 0, 2 * BLOCK - 1);

    assertThat(poor.append(STREAM, 2 * BLOCK - 1, 2)).isFalse();

    assertThat(poor.endPosition()).isEqualTo(2 * BLOCK - 1);
    assertThat(small.usedBytes()).isEqualTo(2 * BLOCK).isEqualTo(poor.heldBytes());
  }

  @Test
  void shouldGoOnBehindBytesThatItDoesNotHave() {
    log.append(STREAM, 0, 5 * BLOCK);

    log.skipTo(500_000);

    assertThat(log.startPosition()).isEqualTo(500_000);
    assertThat(log.heldBytes()).isZero();
    assertThat(log.append(STREAM, 500_000, 100)).isTrue();
    assertThat(read(log, 500_000, 100)).isEqualTo(stream(500_000, 500_100));
  }

  @Test
  void shouldDropTheOldestBeyondItsLimitWhenElastic() {
    ring.append(STREAM, 0, 40 * KIB);

    assertThat(ring.append(STREAM, 40 * KIB, 100)).isTrue();

    assertThat(ring.startPosition()).isEqualTo(100);
    assertThat(read(ring, 100, 40 * KIB)).isEqualTo(stream(100, 40 * KIB + 100));
  }

  @Test
  void shouldKeepTheNewestOfAnAppendAboveItsLimitWhenElastic() {
    ring.append(STREAM, 0, 1000);

    assertThat(ring.append(STREAM, 1000, 100 * KIB)).isTrue();

    assertThat(ring.endPosition()).isEqualTo(1000 + 100 * KIB);
    assertThat(ring.startPosition()).isEqualTo(1000 + 60 * KIB);
    assertThat(read(ring, 1000 + 60 * KIB, 40 * KIB))
        .isEqualTo(stream(1000 + 60 * KIB, 1000 + 100 * KIB));
  }

  @Test
  void shouldKeepWhatItsBlocksCanHoldWhenElasticAndTheBudgetIsSpent() {
    MemoryBudget small = new MemoryBudget(BLOCK + 100);
    Retention poor = new Retention(small, 40 * KIB, Overflow.DROP_OLDEST);
    poor.append(STREAM, 0, BLOCK);
    assertThat(small.tryTake(100)).isTrue();

    assertThat(poor.append(STREAM, BLOCK, 10)).isTrue();

    assertThat(poor.endPosition()).isEqualTo(BLOCK + 10);
    assertThat(read(poor, BLOCK, 10)).isEqualTo(stream(BLOCK, BLOCK + 10));
  }

  @Test
  void shouldDropNoMoreBlocksThanItNeedsWhenElasticAndTheBudgetIsSpent() {
    Retention poor = new Retention(new MemoryBudget(2 * BLOCK), 40 * KIB, Overflow.DROP_OLDEST);
    poor.append(STREAM, 0, 2 * BLOCK);

    assertThat(poor.append(STREAM, 2 * BLOCK, 10)).isTrue();

    assertThat(poor.startPosition()).isEqualTo(BLOCK);
    assertThat(read(poor, BLOCK, BLOCK + 10)).isEqualTo(stream(BLOCK, 2 * BLOCK + 10));
  }

  @Test
  void shouldBecomeElasticWithoutNewMemory() {
    Retention full = new Retention(new MemoryBudget(2 * BLOCK), 2 * BLOCK, Overflow.REFUSE);
    full.append(STREAM, 0, 2 * BLOCK);

    full.becomeRing(BLOCK + 100);

    assertThat(full.startPosition()).isEqualTo(BLOCK - 100);
    assertThat(full.append(STREAM, 2 * BLOCK, 50)).isTrue();
    assertThat(full.startPosition()).isEqualTo(BLOCK);
    assertThat(read(full, BLOCK, BLOCK + 50)).isEqualTo(stream(BLOCK, 2 * BLOCK + 50));
  }

  @Test
  void shouldCountOnWhenElasticAndTheBudgetHasNothingAtAll() {
    Retention poor = new Retention(new MemoryBudget(0), 40 * KIB, Overflow.DROP_OLDEST);

    assertThat(poor.append(STREAM, 0, 1000)).isTrue();

    assertThat(poor.startPosition()).isEqualTo(1000).isEqualTo(poor.endPosition());
  }

  @Test
  void shouldDropTheOldestOnRequest() {
    log.append(STREAM, 0, 1000);

    assertThat(log.dropOldestTo(300)).isTrue();

    assertThat(log.startPosition()).isEqualTo(700);
    assertThat(log.dropOldestTo(300)).isFalse();
  }

  @Test
  void shouldGiveEverythingBackWhenClosed() {
    log.append(STREAM, 0, 5 * BLOCK);

    log.close();

    assertThat(budget.usedBytes()).isZero();
    assertThat(log.append(STREAM, 5 * BLOCK, 1)).isFalse();
    assertThat(budget.usedBytes()).isZero();
  }

  private static byte[] stream(int from, int to) {
    return Arrays.copyOfRange(STREAM, from, to);
  }

  private static byte[] read(Retention retention, long position, int length) {
    byte[] target = new byte[length + 3];
    return Arrays.copyOfRange(target, 3, 3 + retention.read(position, target, 3, length));
  }
}

package dev.belay.agent.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random use of several {@link Retention}s that pass their blocks on to each other. */
final class SharedBlocksTest {
  private static final int SCENARIOS = 60;
  private static final int STEPS = 300;
  private static final int RETENTIONS = 4;
  private static final long SCARCE_BYTES = 40L * Retention.BLOCK_BYTES;
  private static final long AMPLE_BYTES = 400L * Retention.BLOCK_BYTES;
  private static final byte[] STREAM = new byte[1 << 22];

  static {
    new Random(1).nextBytes(STREAM);
  }

  @Test
  void shouldNeverShowABlockToTwo() {
    long recycled = 0;
    for (long seed = 0; seed < SCENARIOS; seed++) {
      Scenario scenario = new Scenario(seed, seed % 3 == 0 ? SCARCE_BYTES : AMPLE_BYTES);
      for (int i = 0; i < STEPS; i++) {
        scenario.step();
        scenario.check("seed=" + seed + " step=" + i);
      }
      recycled += scenario.appended - scenario.made * (long) Retention.BLOCK_BYTES;
    }
    assertThat(recycled).as("bytes that found a used block").isGreaterThan(10L << 20);
  }

  /** Each retention has a stretch of the stream of its own. */
  private static final class Scenario {
    private final Random random;
    private final MemoryBudget budget;
    private final Retention[] retentions = new Retention[RETENTIONS];
    private final int[] shifts = new int[RETENTIONS];
    private int made;
    private long appended;

    Scenario(long seed, long limitBytes) {
      random = new Random(seed);
      budget = new MemoryBudget(limitBytes, this::make);
      for (int i = 0; i < RETENTIONS; i++) {
        renew(i);
      }
    }

    /** New memory has any content. */
    private byte[] make(int bytes) {
      made++;
      byte[] block = new byte[bytes];
      random.nextBytes(block);
      return block;
    }

    private void renew(int index) {
      Overflow overflow = random.nextBoolean() ? Overflow.REFUSE : Overflow.DROP_OLDEST;
      retentions[index] = new Retention(budget, 300_000, overflow);
      shifts[index] = random.nextInt(STREAM.length / 2);
    }

    void step() {
      int index = random.nextInt(RETENTIONS);
      Retention one = retentions[index];
      switch (random.nextInt(16)) {
        case 0 -> {
          one.close();
          renew(index);
        }
        case 1 -> one.trimSpare();
        case 2 -> budget.trim();
        case 3 -> one.dropOldestTo(random.nextInt(100_000));
        case 4 -> one.skipTo(one.endPosition() + random.nextInt(50));
        case 5, 6, 7 -> one.release(one.startPosition() + upTo(retained(one)));
        default -> append(index, one);
      }
    }

    private void append(int index, Retention one) {
      int length = random.nextInt(1 << random.nextInt(17));
      int from = shifts[index] + (int) one.endPosition();
      if (from + length <= STREAM.length && one.append(STREAM, from, length)) {
        appended += length;
      }
    }

    void check(String when) {
      long held = 0;
      for (int i = 0; i < RETENTIONS; i++) {
        Retention one = retentions[i];
        held += one.heldBytes();
        byte[] found = new byte[retained(one)];
        one.read(one.startPosition(), found, 0, found.length);
        int from = shifts[i] + (int) one.startPosition();
        assertThat(Arrays.equals(found, 0, found.length, STREAM, from, from + found.length))
            .as("retention %d, %s", i, when)
            .isTrue();
      }
      assertThat(budget.usedBytes()).as(when).isEqualTo(held);
      assertThat(held + budget.pooledBytes()).as(when).isLessThanOrEqualTo(budget.limitBytes());
    }

    private int upTo(int bytes) {
      return random.nextInt(bytes + 1);
    }

    private static int retained(Retention of) {
      return (int) (of.endPosition() - of.startPosition());
    }
  }
}

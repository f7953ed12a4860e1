package dev.belay.agent.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random use of a {@link Retention} against the stream itself, the plainest model there is. */
final class RetentionPropertyTest {

  private static final int SCENARIOS = 150;
  private static final int STEPS = 250;
  private static final byte[] STREAM = new byte[1 << 22];

  static {
    new Random(1).nextBytes(STREAM);
  }

  @Test
  void shouldHoldExactlyTheStreamBetweenItsPositions() {
    for (long seed = 0; seed < SCENARIOS; seed++) {
      Scenario scenario = new Scenario(seed, Long.MAX_VALUE, Overflow.REFUSE);
      scenario.run();
      assertThat(scenario.refused).as(scenario.toString()).isZero();
      scenario.close();
    }
  }

  @Test
  void shouldRefuseWholeAppendsAtItsLimit() {
    for (long seed = 0; seed < SCENARIOS; seed++) {
      Scenario scenario = new Scenario(seed, 100_000, Overflow.REFUSE);
      scenario.run();
      scenario.close();
    }
  }

  @Test
  void shouldAlwaysHoldTheNewestBytesWhenElastic() {
    for (long seed = 0; seed < SCENARIOS; seed++) {
      Scenario scenario = new Scenario(seed, 100_000, Overflow.DROP_OLDEST);
      scenario.run();
      assertThat(scenario.refused).as(scenario.toString()).isZero();
      scenario.close();
    }
  }

  @Test
  void shouldStayTrueToTheStreamWhenTheBudgetComesAndGoes() {
    for (Overflow overflow : Overflow.values()) {
      for (long seed = 0; seed < SCENARIOS; seed++) {
        Scenario scenario = new Scenario(seed, 100_000, overflow);
        scenario.makeBudgetScarce();
        scenario.run();
        scenario.close();
      }
    }
  }

  /** One retention, used at random; what it should hold is known from the positions alone. */
  private static final class Scenario {

    private final long seed;
    private final long limitBytes;
    private final Overflow overflow;
    private final Random random;
    private final MemoryBudget budget = new MemoryBudget(1 << 23);
    private final FakeMemory memory = new FakeMemory(STREAM);
    private final Retention retention;
    private boolean scarce;
    private long otherBytes;
    private long start;
    private long end;
    private int refused;

    Scenario(long seed, long limitBytes, Overflow overflow) {
      this.seed = seed;
      this.limitBytes = limitBytes;
      this.overflow = overflow;
      this.random = new Random(seed);
      this.retention = new Retention(budget, limitBytes, overflow);
    }

    void makeBudgetScarce() {
      scarce = true;
    }

    void run() {
      for (int i = 0; i < STEPS; i++) {
        step();
        assertThat(retention.startPosition()).as("start, %s step=%d", this, i).isEqualTo(start);
        assertThat(retention.endPosition()).as("end, %s step=%d", this, i).isEqualTo(end);
        assertThat(retention.heldBytes())
            .as("held, %s step=%d", this, i)
            .isGreaterThanOrEqualTo(end - start)
            .isEqualTo(budget.usedBytes() - otherBytes);
      }
    }

    void close() {
      retention.close();
      assertThat(budget.usedBytes()).as(toString()).isEqualTo(otherBytes);
    }

    private void step() {
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> append();
        case 3 -> release();
        case 4 -> trimOrSkip();
        case 5 -> squeezeBudget();
        default -> read();
      }
    }

    private void append() {
      int length = (int) Math.min(size(), STREAM.length - end);
      boolean appended =
          random.nextBoolean()
              ? retention.append(STREAM, (int) end, length)
              : retention.append(memory, FakeMemory.ADDRESS + end, length);
      if (!appended) {
        refused++;
        assertThat(overflow).as(toString()).isEqualTo(Overflow.REFUSE);
        assertThat(scarce || end + length - start > limitBytes).as(toString()).isTrue();
        return;
      }
      end += length;
      long newest = Math.max(start, end - limitBytes);
      start = scarce && overflow == Overflow.DROP_OLDEST ? retention.startPosition() : newest;
      assertThat(start).as(toString()).isBetween(newest, end);
    }

    private void release() {
      long position = random.nextInt(4) == 0 ? end : Math.min(end, start + size());
      retention.release(position);
      start = position;
    }

    private void trimOrSkip() {
      if (random.nextInt(8) > 0) {
        retention.trimSpare();
        return;
      }
      end = Math.min(STREAM.length, end + size());
      start = end;
      retention.skipTo(end);
    }

    private void squeezeBudget() {
      budget.give(otherBytes);
      long free = budget.limitBytes() - budget.usedBytes();
      otherBytes = scarce ? Math.max(0, free - size()) : 0;
      assertThat(budget.tryTake(otherBytes)).isTrue();
    }

    private void read() {
      long position = start + random.nextInt((int) (end - start) + 1);
      byte[] target = new byte[size()];
      int count = retention.read(position, target, 0, target.length);
      assertThat(count).as(toString()).isEqualTo((int) Math.min(target.length, end - position));
      boolean same =
          Arrays.equals(target, 0, count, STREAM, (int) position, (int) position + count);
      assertThat(same).as("bytes at %d, %s", position, this).isTrue();
    }

    /** Mostly small, now and then several blocks. */
    private int size() {
      return random.nextInt(1 << random.nextInt(17));
    }

    @Override
    public String toString() {
      return "seed=" + seed + " limit=" + limitBytes + " " + overflow;
    }
  }
}

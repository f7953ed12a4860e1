package dev.belay.samples.chaos.fault;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * The faults of a run: the same settings and the same seed give the same faults at the same moments
 * on the same servers.
 */
public final class Schedule {

  private Schedule() {}

  /** Draws all faults of a run. */
  public static List<Fault> draw(Settings settings) {
    Random random = new Random(settings.seed());
    List<Fault> faults = new ArrayList<>();
    List<FaultKind> bag = new ArrayList<>();
    for (long atMs = between(random, settings.gapMs());
        atMs < settings.totalMs();
        atMs += between(random, settings.gapMs())) {
      if (bag.isEmpty()) {
        bag.addAll(settings.kinds());
        Collections.shuffle(bag, random);
      }
      FaultKind kind = bag.remove(bag.size() - 1);
      int server = random.nextInt(settings.servers());
      long lengthMs = between(random, new Range(kind.leastMs(), kind.mostMs()));
      faults.add(new Fault(faults.size() + 1, atMs, kind, server, lengthMs));
    }
    return List.copyOf(faults);
  }

  private static long between(Random random, Range range) {
    return range.leastMs() + (long) (random.nextDouble() * (range.mostMs() - range.leastMs()));
  }

  /**
   * Two times.
   *
   * @param leastMs the shorter one
   * @param mostMs the longer one
   */
  public record Range(long leastMs, long mostMs) {

    /** Checks the order. */
    public Range {
      if (leastMs < 0 || mostMs < leastMs) {
        throw new IllegalArgumentException("not a range: " + leastMs + " to " + mostMs + " ms");
      }
    }
  }

  /**
   * What the draw depends on.
   *
   * @param seed of all that is random
   * @param totalMs no fault begins later
   * @param gapMs from the beginning of a fault to that of the next
   * @param kinds each is drawn once before any is drawn again
   * @param servers how many there are
   */
  public record Settings(long seed, long totalMs, Range gapMs, List<FaultKind> kinds, int servers) {

    /** Checks what would make the draw endless or empty. */
    public Settings {
      if (kinds.isEmpty() || servers < 1 || gapMs.mostMs() < 1 || gapMs.leastMs() < 1) {
        throw new IllegalArgumentException("no faults, no servers or no time between faults");
      }
      kinds = List.copyOf(kinds);
    }
  }
}

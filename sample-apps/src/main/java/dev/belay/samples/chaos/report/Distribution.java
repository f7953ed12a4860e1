package dev.belay.samples.chaos.report;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Lengths of time, sorted. Immutable. */
public final class Distribution {

  private static final long[] LIMITS_MS = {
    50, 100, 200, 300, 500, 1_000, 2_000, 3_000, 5_000, 10_000, 30_000
  };

  private final long[] sortedMs;

  /** Of any lengths in milliseconds. */
  public Distribution(Collection<Long> lengthsMs) {
    sortedMs = lengthsMs.stream().mapToLong(Long::longValue).sorted().toArray();
  }

  /** How many there are. */
  public int count() {
    return sortedMs.length;
  }

  /**
   * The least length that at least this part of all does not exceed; 0 if there is none.
   *
   * @param part from 0 to 1
   */
  public long quantileMs(double part) {
    if (sortedMs.length == 0) {
      return 0;
    }
    int rank = (int) Math.ceil(part * sortedMs.length);
    return sortedMs[Math.max(0, rank - 1)];
  }

  /** The longest, 0 if there is none. */
  public long longestMs() {
    return quantileMs(1);
  }

  /** How many are in each class; the classes grow as their lengths do. */
  public List<Bar> bars() {
    return IntStream.range(0, LIMITS_MS.length)
        .mapToObj(i -> new Bar(label(i), countFrom(i) - countFrom(i + 1)))
        .toList();
  }

  private long countFrom(int limit) {
    if (limit == LIMITS_MS.length) {
      return 0;
    }
    int low = 0;
    for (int high = sortedMs.length; low < high; ) {
      int middle = (low + high) >>> 1;
      if (sortedMs[middle] < LIMITS_MS[limit]) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return sortedMs.length - (long) low;
  }

  private static String label(int limit) {
    return limit + 1 == LIMITS_MS.length ? text(LIMITS_MS[limit]) + "+" : text(LIMITS_MS[limit]);
  }

  /** A length of time for people: {@code 300 ms}, {@code 1.5 s}. */
  public static String text(long lengthMs) {
    if (lengthMs < 1_000) {
      return lengthMs + " ms";
    }
    return String.format(Locale.ROOT, lengthMs % 1_000 == 0 ? "%.0f s" : "%.1f s", lengthMs / 1e3);
  }

  /**
   * One class of lengths.
   *
   * @param label its lower limit
   * @param count how many are in it
   */
  public record Bar(String label, long count) {}
}

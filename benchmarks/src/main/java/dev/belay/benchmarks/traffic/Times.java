package dev.belay.benchmarks.traffic;

import java.util.Arrays;

/** Durations in nanoseconds; those beyond its room are not kept. One thread. */
final class Times {
  private final long[] timesNs;
  private int size;

  Times(int room) {
    timesNs = new long[room];
  }

  void add(long ns) {
    if (size < timesNs.length) {
      timesNs[size++] = ns;
    }
  }

  int size() {
    return size;
  }

  /** The quantile; 0 of nothing. */
  long at(double quantile) {
    long[] sorted = Arrays.copyOf(timesNs, size);
    Arrays.sort(sorted);
    return size == 0 ? 0 : sorted[(int) Math.min(size - 1, quantile * size)];
  }
}

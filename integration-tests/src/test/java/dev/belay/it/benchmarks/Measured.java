package dev.belay.it.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Times of one kind, in milliseconds. Used by one thread. */
final class Measured {
  private final List<Long> timesMs = new ArrayList<>();

  void add(long ms) {
    timesMs.add(ms);
  }

  void addAll(Measured others) {
    timesMs.addAll(others.timesMs);
  }

  long medianMs() {
    List<Long> sorted = new ArrayList<>(timesMs);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }

  /** What so many of a hundred do not exceed. */
  long percentileMs(int percent) {
    List<Long> sorted = new ArrayList<>(timesMs);
    Collections.sort(sorted);
    return sorted.get((sorted.size() * percent + 99) / 100 - 1);
  }

  long maxMs() {
    return Collections.max(timesMs);
  }

  @Override
  public String toString() {
    return "median="
        + medianMs()
        + "ms p99="
        + percentileMs(99)
        + "ms max="
        + maxMs()
        + "ms of "
        + timesMs.size()
        + " "
        + timesMs;
  }
}

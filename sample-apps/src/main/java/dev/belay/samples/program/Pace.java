package dev.belay.samples.program;

import java.util.concurrent.locks.LockSupport;

/**
 * Holds one thread to a rate. After a stall it does not catch up by more than a twentieth of a
 * second's worth, so that a pause of the peer stays visible as a pause. Used by one thread.
 */
public final class Pace {

  private static final long SECOND_NS = 1_000_000_000L;
  private static final long MAX_CREDIT_NS = SECOND_NS / 20;

  private final long unitsPerSecond;
  private long dueNs = System.nanoTime();

  /** A pace of so many units each second; 0 is unlimited. */
  public Pace(long unitsPerSecond) {
    this.unitsPerSecond = unitsPerSecond;
  }

  /** Waits until the units taken before are paid for, then takes these. */
  public void take(long units) {
    if (unitsPerSecond == 0) {
      return;
    }
    long nowNs = System.nanoTime();
    dueNs = Math.max(dueNs, nowNs - MAX_CREDIT_NS);
    while (dueNs - nowNs > 0) {
      LockSupport.parkNanos(dueNs - nowNs);
      nowNs = System.nanoTime();
    }
    dueNs += Math.round((double) units * SECOND_NS / unitsPerSecond);
  }

  /** The largest chunk that still flows evenly at this pace, at most the given size. */
  public int chunk(int largest) {
    long fiftieth = unitsPerSecond == 0 ? largest : unitsPerSecond / 50;
    return (int) Math.max(1, Math.min(largest, fiftieth));
  }
}

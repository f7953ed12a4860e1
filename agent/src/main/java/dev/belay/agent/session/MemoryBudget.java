package dev.belay.agent.session;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that all sessions of this JVM may hold together, in logs and buffers.
 *
 * <p>Invariant: {@code 0 <= usedBytes() <= limitBytes()}. Any thread; lock-free.
 */
public final class MemoryBudget {

  private final long limitBytes;
  private final AtomicLong usedBytes = new AtomicLong();

  /**
   * @param limitBytes what may be taken at most, not negative
   */
  public MemoryBudget(long limitBytes) {
    if (limitBytes < 0) {
      throw new IllegalArgumentException("negative budget: limit=" + limitBytes);
    }
    this.limitBytes = limitBytes;
  }

  /**
   * Takes all of {@code bytes}, or nothing.
   *
   * @return whether they were taken; if not, the caller must do without them
   */
  public boolean tryTake(long bytes) {
    requireNotNegative(bytes);
    long used = usedBytes.get();
    while (bytes <= limitBytes - used) {
      if (usedBytes.compareAndSet(used, used + bytes)) {
        return true;
      }
      used = usedBytes.get();
    }
    return false;
  }

  /**
   * Gives back bytes that were taken.
   *
   * @throws IllegalStateException if more is given than is taken; the budget is then unchanged
   */
  public void give(long bytes) {
    requireNotNegative(bytes);
    long used = usedBytes.get();
    while (bytes <= used) {
      if (usedBytes.compareAndSet(used, used - bytes)) {
        return;
      }
      used = usedBytes.get();
    }
    throw new IllegalStateException("budget given too much: given=" + bytes + " used=" + used);
  }

  /** Bytes taken now. */
  public long usedBytes() {
    return usedBytes.get();
  }

  /** Bytes that may be taken at most. */
  public long limitBytes() {
    return limitBytes;
  }

  /** No more than half of the budget is taken: memory may be kept for speed alone. */
  boolean isRoomy() {
    return usedBytes.get() <= limitBytes / 2;
  }

  private static void requireNotNegative(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("negative amount: bytes=" + bytes);
    }
  }
}

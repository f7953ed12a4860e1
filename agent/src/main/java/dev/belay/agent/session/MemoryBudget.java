package dev.belay.agent.session;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/**
 * The bytes that all sessions of this JVM may hold together, in logs and buffers, and what it holds
 * for others; and the blocks that were given back.
 *
 * <p>Invariant: {@code 0 <= usedBytes() <= limitBytes()}, but for what {@link #take} found there
 * already; blocks that nobody uses are kept within what is left of the limit. Any thread.
 */
public final class MemoryBudget {

  private final long limitBytes;
  private final AtomicLong usedBytes = new AtomicLong();
  private final BlockPool pool;

  /**
   * @param limitBytes what may be taken at most, not negative
   */
  public MemoryBudget(long limitBytes) {
    this(limitBytes, byte[]::new);
  }

  /**
   * @param limitBytes what may be taken at most, not negative
   * @param blocks makes arrays of a length, with any content
   */
  public MemoryBudget(long limitBytes, IntFunction<byte[]> blocks) {
    if (limitBytes < 0) {
      throw new IllegalArgumentException("negative budget: limit=" + limitBytes);
    }
    this.limitBytes = limitBytes;
    this.pool = new BlockPool(Retention.BLOCK_BYTES, blocks);
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
        makeWay(limitBytes - used - bytes);
        return true;
      }
      used = usedBytes.get();
    }
    return false;
  }

  /**
   * Takes bytes that are in use already. Who asked for {@link #freeBytes} before is beyond the
   * limit by no more than what others took meanwhile, and they get nothing until he is within it
   * again.
   */
  public void take(long bytes) {
    requireNotNegative(bytes);
    makeWay(limitBytes - usedBytes.addAndGet(bytes));
  }

  /** How much could be taken now. */
  public long freeBytes() {
    return Math.max(0, limitBytes - usedBytes.get());
  }

  /** For blocks to come out of what was taken, those that are pooled need not go. */
  private void makeWay(long leftBytes) {
    if (pool.heldBytes() > leftBytes) {
      pool.shrinkTo(leftBytes);
    }
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

  /** A block of {@link Retention#BLOCK_BYTES} that was taken, with any content. */
  byte[] newBlock() {
    return pool.take();
  }

  /**
   * Takes what was given back for {@link #newBlock}, if it is a block, and there is room for it.
   *
   * @param block of which its owner has no other reference left, or null
   */
  void recycle(byte[] block) {
    if (block != null && block.length == Retention.BLOCK_BYTES) {
      pool.put(block, limitBytes / 2 - usedBytes.get());
    }
  }

  /** Now and then: lets go of blocks that nobody needs. */
  public void trim() {
    pool.trim();
  }

  /** Bytes of the blocks that are kept for speed alone. */
  long pooledBytes() {
    return pool.heldBytes();
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

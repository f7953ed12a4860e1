package dev.belay.agent.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;

/**
 * Blocks that no {@link Retention} of this JVM uses at present, for the one that needs some next: a
 * log of many megabytes is new memory for the collector to clear, to copy and to find again
 * otherwise. The one that came last goes first, since of all it is the most likely to be in a cache
 * still.
 *
 * <p>Their content is left as it is. That shows no byte to a wrong reader, since a retention reads
 * only what was appended to it, and only by copying, under its session's lock: when it gives a
 * block, nobody is looking at it, and nobody has a reference to it any more.
 *
 * <p>Invariant: each block is here at most once, and then in no retention. Any thread. No session
 * waits for another one's: who does not get the lock at once makes a block, or lets one go; so the
 * limits are kept to within what threads do at the same moment, and {@link #trim} sees to the rest.
 */
final class BlockPool {
  private static final byte[][] NONE = {};
  private static final int FIRST_SLOTS = 16;

  private final int blockBytes;
  private final IntFunction<byte[]> source;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private byte[][] blocks = NONE;

  /** Written under the lock; read without it for what is only an estimate then. */
  private volatile int count;

  /** The fewest that were here since {@link #trim} was called last. */
  @GuardedBy("lock")
  private int leastCount;

  /**
   * @param source of blocks when there is none here; their content is of no account
   */
  BlockPool(int blockBytes, IntFunction<byte[]> source) {
    this.blockBytes = blockBytes;
    this.source = source;
  }

  /** A block with any content. */
  byte[] take() {
    byte[] block = count == 0 ? null : takePooled();
    return block == null ? source.apply(blockBytes) : block;
  }

  private byte[] takePooled() {
    if (!lock.tryLock()) {
      return null;
    }
    try {
      if (count == 0) {
        return null;
      }
      int last = count - 1;
      byte[] block = blocks[last];
      blocks[last] = null;
      count = last;
      leastCount = Math.min(leastCount, last);
      return block;
    } finally {
      lock.unlock();
    }
  }

  /** Takes a block whose owner has forgotten it, unless {@code limitBytes} are here already. */
  void put(byte[] block, long limitBytes) {
    if (block.length != blockBytes) {
      throw new IllegalArgumentException("no such block: bytes=" + block.length);
    }
    if (!lock.tryLock()) {
      return;
    }
    try {
      if ((count + 1L) * blockBytes > limitBytes) {
        return;
      }
      if (count == blocks.length) {
        blocks = Arrays.copyOf(blocks, Math.max(FIRST_SLOTS, 2 * count));
      }
      blocks[count] = block;
      count++;
    } catch (OutOfMemoryError e) {
      forgetOldest(count); // nothing is kept for speed when memory is out
    } finally {
      lock.unlock();
    }
  }

  /** Forgets blocks, the oldest first, until at most {@code bytes} are left. */
  void shrinkTo(long bytes) {
    if (!lock.tryLock()) {
      return; // who gives or takes now asks for it again with the next block
    }
    try {
      long left = Math.max(0, bytes) / blockBytes;
      forgetOldest((int) Math.max(0, count - left));
    } finally {
      lock.unlock();
    }
  }

  /** Forgets half of what nobody has needed since this was called last, the oldest first. */
  void trim() {
    lock.lock();
    try {
      forgetOldest((leastCount + 1) / 2);
      leastCount = count;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void forgetOldest(int number) {
    int left = count - number;
    System.arraycopy(blocks, number, blocks, 0, left);
    Arrays.fill(blocks, left, count, null);
    blocks = left == 0 ? NONE : blocks;
    count = left;
    leastCount = Math.min(leastCount, left);
  }

  /** Memory of all that are here; exact only while nobody gives or takes. */
  long heldBytes() {
    return (long) count * blockBytes;
  }
}

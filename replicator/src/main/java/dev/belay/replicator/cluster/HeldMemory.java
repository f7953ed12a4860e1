package dev.belay.replicator.cluster;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory for all that is held here for others; it may be one with other memory of its owner.
 * Any thread; called with the lock of what is held, so it must not wait.
 */
public interface HeldMemory {
  /** How much more may be held at the moment; not negative. */
  long freeBytes();

  /** So much more is held now than before, less if negative; what is there already counts, too. */
  void changed(long bytes);

  /** Memory of its own. */
  static HeldMemory of(long limitBytes) {
    AtomicLong heldBytes = new AtomicLong();
    return new HeldMemory() {
      @Override
      public long freeBytes() {
        return Math.max(0, limitBytes - heldBytes.get());
      }

      @Override
      public void changed(long bytes) {
        heldBytes.addAndGet(bytes);
      }
    };
  }
}

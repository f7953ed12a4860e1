package dev.belay.benchmarks.traffic;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;

/** The heap as it is when everything that can be given back was. */
public final class Heap {
  /** The serial collector leaves garbage where it lies, up to 5 %, but each fourth time. */
  private static final int COLLECTIONS = 4;

  private Heap() {}

  /**
   * Bytes in use right behind a collection. A moment later they are some megabytes more: the first
   * object that any thread makes takes a whole allocation buffer.
   */
  public static long usedBytes() {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    long bytes = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (pool.getType() == MemoryType.HEAP) {
        bytes += pool.getCollectionUsage().getUsed();
      }
    }
    return bytes;
  }
}

package dev.belay.benchmarks.traffic;

/** The heap as it is when everything that can be given back was. */
final class Heap {
  private static final int COLLECTIONS = 3;

  private Heap() {}

  static String usedBytes() {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return String.valueOf(runtime.totalMemory() - runtime.freeMemory());
  }
}

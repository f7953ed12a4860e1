package dev.belay.it.transparency;

/** Virtual threads by reflection, so that this compiles for JDK 17. */
final class VirtualThreads {
  private VirtualThreads() {}

  static boolean areThere() {
    return Runtime.version().feature() >= 21;
  }

  static Thread start(Runnable body) throws ReflectiveOperationException {
    return (Thread) Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, body);
  }
}

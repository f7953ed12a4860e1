package dev.belay.agent.sim.jdk;

import dev.belay.agent.sim.kernel.Jvm;

/** For LockSupport: the simulated threads are woken by their schedulers. */
public final class ProductParking {
  private ProductParking() {}

  public static void unpark(ProductThread thread) {
    Jvm.current().unparked(thread);
  }

  /** Nobody sleeps in a call here: the turns of a thread are made one by one. */
  public static void parkNanos(Object blocker, long ns) {
    throw new UnsupportedOperationException();
  }
}

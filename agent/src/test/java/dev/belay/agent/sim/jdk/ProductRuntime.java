package dev.belay.agent.sim.jdk;

import dev.belay.agent.sim.kernel.Jvm;

/** For Runtime: shutdown hooks run when the simulated JVM is told to end. */
public final class ProductRuntime {
  private static final ProductRuntime ONE = new ProductRuntime();
  private static final long HEAP_BYTES = 1L << 30;

  private ProductRuntime() {}

  public static ProductRuntime getRuntime() {
    return ONE;
  }

  public long maxMemory() {
    return HEAP_BYTES;
  }

  public void addShutdownHook(ProductThread hook) {
    Jvm.current().addShutdownHook(hook.action());
  }
}

package dev.belay.agent.sim.jdk;

import dev.belay.agent.sim.kernel.Jvm;
import dev.belay.agent.sim.kernel.World;

/** For System: each JVM's clock has an offset and a drift of its own. */
public final class VirtualClock {
  private VirtualClock() {}

  public static long nanoTime() {
    return Jvm.current().clockNs();
  }

  public static long currentTimeMillis() {
    return World.current().nowNs() / 1_000_000;
  }
}

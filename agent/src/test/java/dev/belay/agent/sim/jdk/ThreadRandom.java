package dev.belay.agent.sim.jdk;

import dev.belay.agent.sim.kernel.World;

/** For ThreadLocalRandom. */
public final class ThreadRandom {
  private static final ThreadRandom ONE = new ThreadRandom();

  private ThreadRandom() {}

  public static ThreadRandom current() {
    return ONE;
  }

  public int nextInt() {
    return World.current().random().nextInt();
  }
}

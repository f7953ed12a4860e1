package dev.belay.agent.sim.jdk;

import dev.belay.agent.sim.kernel.Numbers;

/** For SharedSecrets. */
public final class Secrets {
  private Secrets() {}

  public static DescriptorNumbers getJavaIOFileDescriptorAccess() {
    return Numbers::of;
  }
}

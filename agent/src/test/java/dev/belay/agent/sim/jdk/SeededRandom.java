package dev.belay.agent.sim.jdk;

import dev.belay.agent.sim.kernel.World;
import java.security.SecureRandom;

/** For SecureRandom: chance that the seed decides. */
public final class SeededRandom extends SecureRandom {
  private static final long serialVersionUID = 1L;

  public SeededRandom() {
    super(null, null);
  }

  @Override
  public void nextBytes(byte[] bytes) {
    World.current().random().nextBytes(bytes);
  }

  @Override
  public String getAlgorithm() {
    return "seeded";
  }
}

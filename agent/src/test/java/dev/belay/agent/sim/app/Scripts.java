package dev.belay.agent.sim.app;

import dev.belay.agent.sim.kernel.World;
import java.util.ArrayList;
import java.util.List;

/** The scripts of one run. */
public final class Scripts {
  private final World world;
  private final List<Script> all = new ArrayList<>();

  private final boolean isMoody;
  private boolean hasLostTurns;

  /**
   * @param isMoody whether each handler answers in a way of its own: no replay gives the same
   */
  public Scripts(World world, boolean isMoody) {
    this.world = world;
    this.isMoody = isMoody;
  }

  /** What is different in the output of the next handler: bytes, not lengths. */
  byte nextMood() {
    return isMoody ? (byte) world.random().nextInt(256) : 0;
  }

  /**
   * @param mostBytes of input
   */
  public Script next(int mostBytes) {
    Script.End end = Script.End.values()[world.random().nextInt(Script.End.values().length)];
    int length =
        (int)
            world.between(
                Script.HEADER_BYTES,
                world.chance(mostBytes > 10_000 ? 0.4 : 0.7) ? 600 : mostBytes);
    Script script = new Script(all.size(), world.random(), end, length, isMoody);
    all.add(script);
    return script;
  }

  /** A client has given up when its input was written, relative to what it had read. */
  public void loseTurns() {
    hasLostTurns = true;
  }

  boolean hasLostTurns() {
    return hasLostTurns;
  }

  Script numbered(int number) {
    return number >= 0 && number < all.size() ? all.get(number) : null;
  }

  public List<Script> all() {
    return all;
  }
}

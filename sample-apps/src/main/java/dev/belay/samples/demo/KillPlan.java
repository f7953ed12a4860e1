package dev.belay.samples.demo;

import dev.belay.samples.launch.Step;
import java.io.IOException;
import java.util.List;

/**
 * Kills the serving server twice while data flows. The second kill waits until the first server is
 * up again, so that there is always a backup; and the first server comes up again only when data
 * flows from the second, so that the second kill hits the server that then serves. Used by the
 * demo's thread.
 */
final class KillPlan {

  private static final List<Double> KILL_AT = List.of(0.25, 0.65);

  /** So much further the client must be to be sure that the other server has taken over. */
  private static final double MOVED_ON = 0.05;

  private final List<DemoServer> servers;
  private final Screen screen;
  private int kills;
  private double lastKillAt;
  private boolean restartDue;

  /** Two servers, of which the client is connected to the first. */
  KillPlan(List<DemoServer> servers, Screen screen) {
    this.servers = List.copyOf(servers);
    this.screen = screen;
  }

  /** Does what is due at this progress of the client. */
  void advance(Step step) throws IOException, InterruptedException {
    if (restartDue && step.fraction() >= lastKillAt + MOVED_ON) {
      restartDue = false;
      other().restart();
      screen.say("  data flows from " + serving() + "; started again: " + other());
    }
    if (isKillDue(step)) {
      kill(step);
    }
  }

  /** Whether both kills happened while there was more to come. */
  boolean isComplete() {
    return kills == KILL_AT.size();
  }

  /** Kills so far. */
  int kills() {
    return kills;
  }

  private boolean isKillDue(Step step) {
    return !isComplete()
        && !restartDue
        && step.fraction() >= KILL_AT.get(kills)
        && step.fraction() < 1
        && other().isReady();
  }

  private void kill(Step step) throws InterruptedException {
    String victim = serving().toString();
    serving().kill();
    kills++;
    lastKillAt = step.fraction();
    restartDue = !isComplete();
    screen.mark(step, victim);
  }

  private DemoServer serving() {
    return servers.get(kills % 2);
  }

  private DemoServer other() {
    return servers.get((kills + 1) % 2);
  }
}

package dev.belay.agent.takeover;

import dev.belay.agent.config.HostPort;
import dev.belay.agent.report.AgentLog;

/**
 * How one server's control links end by silence. One that answers as soon as it is asked again, and
 * falls silent again, is not dead: it beats more slowly than this client waits.
 *
 * <p>Invariant: counts links one after the other of which each ended so, and soon. Loop thread.
 */
final class Silences {
  /** So many in a row are no accident. */
  private static final int SUSPICIOUS = 3;

  /** A link that lived for so many times the patience had beats in time. */
  private static final int SHORT_LIFE = 3;

  private final HostPort server;
  private long upNs;
  private int shortLives;

  Silences(HostPort server) {
    this.server = server;
  }

  /** A new link is there. */
  void up(long nowNs) {
    upNs = nowNs;
  }

  /**
   * It has been silent for too long.
   *
   * @return true when it looks as if it would go on like this; that is said once
   */
  boolean ended(long nowNs, long patienceMs) {
    shortLives = nowNs - upNs < SHORT_LIFE * patienceMs * 1_000_000 ? shortLives + 1 : 0;
    boolean beatsSlowly = shortLives >= SUSPICIOUS;
    if (beatsSlowly) {
      AgentLog.warnOnce(
          "slow beat " + server,
          "belay.suspect="
              + patienceMs
              + "ms: the server at "
              + server
              + " is silent for longer again and again, and lives; expected more than twice its"
              + " belay.heartbeat");
    }
    return beatsSlowly;
  }
}

package dev.belay.agent.door;

import dev.belay.agent.cluster.Cluster;
import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.report.AgentLog;
import dev.belay.agent.report.Metrics;
import dev.belay.agent.session.Session;
import dev.belay.agent.session.SessionLine;

/**
 * A client that a server has waited for in vain. The server alone cannot know why: the client may
 * be gone, or may go on elsewhere and have no reason to say so to a server that was cut off. The
 * members know of a later epoch, if it was claimed with them.
 *
 * <p>Invariant: counted once, as what is known of it. Loop thread.
 */
record Absence(Session session, String client, String reason) {
  /**
   * Asks the members, and reports what they say.
   *
   * @param cluster or null
   * @param patienceMs how long they may take
   */
  void report(Cluster cluster, EventLoop loop, long patienceMs, Metrics metrics) {
    if (cluster == null) {
      report(null, metrics);
    } else {
      cluster
          .look(session.id(), 0, patienceMs)
          .whenComplete((held, failure) -> loop.execute(() -> report(held, metrics)));
    }
  }

  private void report(Cluster.Claim held, Metrics metrics) {
    if (held != null && held.record().epoch().number() > session.epoch()) {
      metrics.movedAway();
      AgentLog.info(
          line("moved away")
              .with("to", held.record().server())
              .with("epoch", held.record().epoch())
              .and(" reason=" + reason + "; the handler here gets connection reset"));
    } else {
      metrics.clientAbsent();
      AgentLog.warn(
          line("gave up waiting for the client")
              .and(
                  " reason="
                      + reason
                      + "; whether the session goes on elsewhere is not known here; the handler"
                      + " here gets connection reset"));
    }
  }

  private SessionLine line(String what) {
    return SessionLine.of(what, session).with("client", client).with("ours", session.epoch());
  }
}

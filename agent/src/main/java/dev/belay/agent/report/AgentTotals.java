package dev.belay.agent.report;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Counters and live sessions added up at the moment somebody asks. Any thread. */
final class AgentTotals implements AgentMXBean {

  private final Metrics metrics;
  private final Supplier<List<SessionView>> sessions;

  AgentTotals(Metrics metrics, Supplier<List<SessionView>> sessions) {
    this.metrics = metrics;
    this.sessions = sessions;
  }

  @Override
  public Map<String, Long> getSessionsByState() {
    Map<String, Long> counts = new TreeMap<>();
    for (SessionView session : sessions.get()) {
      Long count = counts.get(session.state());
      counts.put(session.state(), count == null ? 1 : count + 1);
    }
    return counts;
  }

  @Override
  public long getSessions() {
    return sessions.get().size();
  }

  @Override
  public long getSessionsOpened() {
    return metrics.sessionsOpenedCount();
  }

  @Override
  public long getSessionsLost() {
    return metrics.sessionsLostCount();
  }

  @Override
  public long getBytesIn() {
    long bytes = metrics.endedBytesIn();
    for (SessionView session : sessions.get()) {
      bytes += session.inPosition();
    }
    return bytes;
  }

  @Override
  public long getBytesOut() {
    long bytes = metrics.endedBytesOut();
    for (SessionView session : sessions.get()) {
      bytes += session.outPosition();
    }
    return bytes;
  }

  @Override
  public long getDurableLagBytes() {
    long bytes = 0;
    for (SessionView session : sessions.get()) {
      bytes += SessionRow.lagBytes(session);
    }
    return bytes;
  }

  @Override
  public String getCluster() {
    return metrics.cluster().state();
  }

  @Override
  public long getHeldSessions() {
    return metrics.cluster().heldSessions();
  }

  @Override
  public long getHeldBytes() {
    return metrics.cluster().heldBytes();
  }

  @Override
  public long getLogBytes() {
    long bytes = 0;
    for (SessionView session : sessions.get()) {
      bytes += session.logBytes();
    }
    return bytes;
  }

  @Override
  public long getFailovers() {
    return metrics.failoverCount();
  }

  @Override
  public long getClientsAbsent() {
    return metrics.clientAbsentCount();
  }

  @Override
  public long getMoves() {
    return metrics.moveCount();
  }

  @Override
  public long getMovesAway() {
    return metrics.movedAwayCount();
  }

  @Override
  public long getResumes() {
    return metrics.resumeCount();
  }

  @Override
  public long getReplayedBytes() {
    return metrics.replayedBytes();
  }

  @Override
  public long getSuppressedBytes() {
    return metrics.suppressedBytes();
  }

  @Override
  public long getResentBytes() {
    return metrics.resentBytes();
  }

  @Override
  public long getDivergences() {
    return metrics.divergenceCount();
  }

  @Override
  public long getDemotions() {
    return metrics.demotionCount();
  }

  @Override
  public long getDirectOpens() {
    return metrics.directOpenCount();
  }

  @Override
  public long getPlainFallbacks() {
    return metrics.plainFallbackCount();
  }

  @Override
  public Map<String, Long> getRefusalsByReason() {
    return metrics.refusalsByReason();
  }

  @Override
  public long getLastFailoverMs() {
    return metrics.lastFailoverMs();
  }

  @Override
  public long getBytesLost() {
    return metrics.bytesLost();
  }
}

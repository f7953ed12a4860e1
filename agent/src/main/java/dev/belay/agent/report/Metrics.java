package dev.belay.agent.report;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * The agent's counters since it started. They only grow. Any thread; nothing here blocks.
 *
 * <p>Bytes of live sessions are not counted here, so that the hot path needs no counter: they are
 * the positions of the sessions, and {@link #sessionEnded} adds the last ones.
 */
public final class Metrics {

  /** The last failover's duration before there was one. */
  public static final long NO_FAILOVER = -1;

  /** Reasons that are told apart; refusals for further ones count as {@link #OTHER_REASONS}. */
  static final int MOST_REASONS = 64;

  static final String OTHER_REASONS = "other";

  private final LongAdder sessionsOpened = new LongAdder();
  private final LongAdder directOpens = new LongAdder();
  private final LongAdder sessionsEnded = new LongAdder();
  private final LongAdder endedBytesIn = new LongAdder();
  private final LongAdder endedBytesOut = new LongAdder();
  private final LongAdder failovers = new LongAdder();
  private final LongAdder moves = new LongAdder();
  private final LongAdder movesAway = new LongAdder();
  private final LongAdder resumes = new LongAdder();
  private final LongAdder replayedBytes = new LongAdder();
  private final LongAdder suppressedBytes = new LongAdder();
  private final LongAdder resentBytes = new LongAdder();
  private final LongAdder divergences = new LongAdder();
  private final LongAdder demotions = new LongAdder();
  private volatile ClusterView cluster;
  private final LongAdder plainFallbacks = new LongAdder();
  private final LongAdder sessionsLost = new LongAdder();
  private final LongAdder clientsAbsent = new LongAdder();
  private final AtomicLong lastFailoverMs = new AtomicLong(NO_FAILOVER);
  private final Map<String, LongAdder> refusals = new ConcurrentHashMap<>();

  /** A session began. */
  public void sessionOpened() {
    sessionsOpened.increment();
  }

  /** A client's session began with a connection to the service's own port. */
  public void openedDirectly() {
    directOpens.increment();
  }

  public long directOpenCount() {
    return directOpens.sum();
  }

  /** A session came to an end, orderly or not; called once, when it has left the live ones. */
  public void sessionEnded(SessionView session) {
    sessionsEnded.increment();
    endedBytesIn.add(session.inPosition());
    endedBytesOut.add(session.outPosition());
  }

  /** A server has given up waiting for a client: the session may go on elsewhere. */
  public void clientAbsent() {
    clientsAbsent.increment();
  }

  public long clientAbsentCount() {
    return clientsAbsent.sum();
  }

  /** A client's session was given up with "connection reset". */
  public void sessionLost() {
    sessionsLost.increment();
  }

  /**
   * A session goes on at another server. To its client that took so much time since its link was
   * lost, to that server since the client came.
   */
  public void failedOver(long durationMs) {
    failovers.increment();
    lastFailoverMs.set(durationMs);
  }

  /** A session goes on at another server as planned. */
  public void moved() {
    moves.increment();
  }

  /** A server's session goes on at another server, and its client has said so. */
  public void movedAway() {
    movesAway.increment();
  }

  /** A session goes on at the same server. */
  public void resumed() {
    resumes.increment();
  }

  /** Input was fed to a fresh handler. */
  public void replayed(long bytes) {
    replayedBytes.add(bytes);
  }

  /** Output of a replay was kept from a client that had it already. */
  public void suppressed(long bytes) {
    suppressedBytes.add(bytes);
  }

  /** Bytes went over a new link because the old one had lost them. */
  public void resent(long bytes) {
    resentBytes.add(bytes);
  }

  /** The output of a replay differed from what the client had. */
  public void diverged() {
    divergences.increment();
  }

  /** Who knows how the cluster is. */
  public void cluster(ClusterView view) {
    cluster = view;
  }

  /** How the cluster is; one that has nothing and is {@code none} where there is none. */
  public ClusterView cluster() {
    ClusterView known = cluster;
    return known == null ? NoCluster.ONLY : known;
  }

  private enum NoCluster implements ClusterView {
    ONLY;

    @Override
    public String state() {
      return "none";
    }

    @Override
    public long heldSessions() {
      return 0;
    }

    @Override
    public long heldBytes() {
      return 0;
    }
  }

  /** A session goes on without failover. */
  public void demoted() {
    demotions.increment();
  }

  /** A listed target was connected to without protection. */
  public void fellBackToPlain() {
    plainFallbacks.increment();
  }

  /** The door refused somebody, for a reason out of a small fixed set. */
  public void refused(String reason) {
    LongAdder counter = refusals.get(reason);
    if (counter == null) {
      String kept = refusals.size() < MOST_REASONS ? reason : OTHER_REASONS;
      refusals.putIfAbsent(kept, new LongAdder());
      counter = refusals.get(kept);
    }
    counter.increment();
  }

  /** Sessions since the start. */
  public long sessionsOpenedCount() {
    return sessionsOpened.sum();
  }

  /** Of those, the ones that are over. */
  public long sessionsEndedCount() {
    return sessionsEnded.sum();
  }

  /** Of those, the ones given up with "connection reset". */
  public long sessionsLostCount() {
    return sessionsLost.sum();
  }

  /** Client to server, sessions that are over. */
  public long endedBytesIn() {
    return endedBytesIn.sum();
  }

  /** Server to client, sessions that are over. */
  public long endedBytesOut() {
    return endedBytesOut.sum();
  }

  /** Takeovers by another server. */
  public long failoverCount() {
    return failovers.sum();
  }

  /** Planned moves of this client's sessions, and to this server. */
  public long moveCount() {
    return moves.sum();
  }

  /** Sessions that have left this server for another. */
  public long movedAwayCount() {
    return movesAway.sum();
  }

  /** Resumes on the same server. */
  public long resumeCount() {
    return resumes.sum();
  }

  /** Input fed to fresh handlers. */
  public long replayedBytes() {
    return replayedBytes.sum();
  }

  /** Output kept from clients that had it already. */
  public long suppressedBytes() {
    return suppressedBytes.sum();
  }

  /** Bytes sent once more over a new link. */
  public long resentBytes() {
    return resentBytes.sum();
  }

  /** Replays whose output differed. */
  public long divergenceCount() {
    return divergences.sum();
  }

  /** Sessions that went on without failover. */
  public long demotionCount() {
    return demotions.sum();
  }

  /** Connections to listed targets that went plain. */
  public long plainFallbackCount() {
    return plainFallbacks.sum();
  }

  /** Of the last failover; {@link #NO_FAILOVER} before the first. */
  public long lastFailoverMs() {
    return lastFailoverMs.get();
  }

  /** Always 0: a byte that would be lost ends its session instead. */
  public long bytesLost() {
    return 0;
  }

  /** Refusals by reason, sorted; a copy. */
  public Map<String, Long> refusalsByReason() {
    Map<String, Long> copy = new TreeMap<>();
    for (Map.Entry<String, LongAdder> refusal : refusals.entrySet()) {
      copy.put(refusal.getKey(), refusal.getValue().sum());
    }
    return copy;
  }
}

package dev.belay.agent.report;

/** One live session in JMX. Its accessors have the names that an MXBean's type needs. */
public final class SessionRow {

  private final SessionView session;

  SessionRow(SessionView session) {
    this.session = session;
  }

  /** See {@link SessionView#id}. */
  public String getId() {
    return session.id();
  }

  /** See {@link SessionView#service}. */
  public String getService() {
    return session.service();
  }

  /** See {@link SessionView#state}. */
  public String getState() {
    return session.state();
  }

  /** See {@link SessionView#epoch}. */
  public long getEpoch() {
    return session.epoch();
  }

  /** See {@link SessionView#peer}. */
  public String getPeer() {
    return session.peer();
  }

  /** See {@link SessionView#inPosition}. */
  public long getInPosition() {
    return session.inPosition();
  }

  /** See {@link SessionView#outPosition}. */
  public long getOutPosition() {
    return session.outPosition();
  }

  /** In bytes that would not survive the session's server. */
  public long getDurableLagBytes() {
    return lagBytes(session);
  }

  /** See {@link SessionView#logBytes}. */
  public long getLogBytes() {
    return session.logBytes();
  }

  /** See {@link SessionView#failovers}. */
  public long getFailovers() {
    return session.failovers();
  }

  /** See {@link SessionView#resumes}. */
  public long getResumes() {
    return session.resumes();
  }

  /** See {@link SessionView#replayedBytes}. */
  public long getReplayedBytes() {
    return session.replayedBytes();
  }

  /** See {@link SessionView#suppressedBytes}. */
  public long getSuppressedBytes() {
    return session.suppressedBytes();
  }

  /** See {@link SessionView#divergences}. */
  public long getDivergences() {
    return session.divergences();
  }

  /** See {@link SessionView#demotions}. */
  public long getDemotions() {
    return session.demotions();
  }

  /** See {@link SessionView#lastFailoverMs}. */
  public long getLastFailoverMs() {
    return session.lastFailoverMs();
  }

  /** Always 0. */
  public long getBytesLost() {
    return 0;
  }

  /** Never negative, although the two positions are read one after the other. */
  static long lagBytes(SessionView session) {
    long durablePosition = session.durablePosition();
    return Math.max(0, session.inPosition() - durablePosition);
  }
}

package dev.belay.agent.report;

import java.util.Map;

/** Totals of one JVM as JMX shows them, under {@code dev.belay:type=Agent}. */
public interface AgentMXBean {

  /** Live sessions by state. */
  Map<String, Long> getSessionsByState();

  /** Live sessions. */
  long getSessions();

  /** Sessions since the start. */
  long getSessionsOpened();

  /** This client's sessions that ended with "connection reset" from us. */
  long getSessionsLost();

  /** Sessions of this server whose client did not come back: they may go on elsewhere. */
  long getClientsAbsent();

  /** Client to server, live sessions and ended ones. */
  long getBytesIn();

  /** Server to client, live sessions and ended ones. */
  long getBytesOut();

  /** In bytes of live sessions that would not survive their server. */
  long getDurableLagBytes();

  /** {@code none}, {@code starting}, {@code alone}, {@code replicating} or {@code ended}. */
  String getCluster();

  /** Sessions of other servers whose logs are held here. */
  long getHeldSessions();

  /** Memory that the logs held for other servers take. */
  long getHeldBytes();

  /** Input logs and buffers of live sessions. */
  long getLogBytes();

  /** Takeovers: of this client's sessions by another server, of others' by this one. */
  long getFailovers();

  /** Planned moves: of this client's sessions to another server, of others' to this one. */
  long getMoves();

  /** Sessions that have left this server for another. */
  long getMovesAway();

  /** Resumes on the same server. */
  long getResumes();

  /** Input fed to fresh handlers. */
  long getReplayedBytes();

  /** Output kept from clients that had it already. */
  long getSuppressedBytes();

  /** Bytes sent once more over a new link. */
  long getResentBytes();

  /** Replays whose output differed. */
  long getDivergences();

  /** Sessions that went on without failover. */
  long getDemotions();

  /** Sessions of this client that began with a connection to the service's own port. */
  long getDirectOpens();

  /** Connections to listed targets that went plain. */
  long getPlainFallbacks();

  /** What the door refused, by reason. */
  Map<String, Long> getRefusalsByReason();

  /** Of the last failover, as {@link Metrics#failedOver} has it; -1 before the first. */
  long getLastFailoverMs();

  /** Always 0. */
  long getBytesLost();
}

package dev.belay.agent.report;

/** This server's place in the cluster, as the report sees it. Any thread. */
public interface ClusterView {
  /** {@code starting}, {@code alone}, {@code replicating} or {@code ended}. */
  String state();

  /** Sessions of other servers whose logs are held here. */
  long heldSessions();

  /** Memory that these logs take. */
  long heldBytes();
}

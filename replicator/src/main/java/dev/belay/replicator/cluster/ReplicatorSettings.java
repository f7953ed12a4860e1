package dev.belay.replicator.cluster;

import java.time.Duration;
import java.util.List;

/**
 * How to take part in the cluster.
 *
 * @param name of the cluster
 * @param server names this process, a new name at each start of a JVM
 * @param door this server's {@code host:port} for clients, its name in {@link Rendezvous}; null for
 *     a node, which is known by its member's address
 * @param seeds {@code host} or {@code host:port} of members to join
 * @param bindHost address of this member
 * @param bindPort the first of a range of 100
 * @param role what this member does
 * @param key secret from which keys for records and logs are derived, or null: not encrypted
 * @param silence sessions of this member without a sign of life for so long are forgotten
 * @param heldMemory for all that is held here for others; appends beyond it fail
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ReplicatorSettings(
    String name,
    String server,
    String door,
    List<String> seeds,
    String bindHost,
    int bindPort,
    Role role,
    byte[] key,
    Duration silence,
    HeldMemory heldMemory) {

  /** What a member does. */
  public enum Role {
    /** Serves clients, and holds logs for the other servers. */
    SERVER,
    /** Serves clients; its logs are on nodes. */
    SERVER_WITHOUT_DATA,
    /** Holds logs only. */
    NODE
  }

  public ReplicatorSettings {
    seeds = List.copyOf(seeds);
  }

  /** With memory of its own for what is held for others. */
  public ReplicatorSettings(
      String name,
      String server,
      String door,
      List<String> seeds,
      String bindHost,
      int bindPort,
      Role role,
      byte[] key,
      Duration silence,
      long heldLimitBytes) {
    this(
        name,
        server,
        door,
        seeds,
        bindHost,
        bindPort,
        role,
        key,
        silence,
        HeldMemory.of(heldLimitBytes));
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "cluster="
        + name
        + " server="
        + server
        + " role="
        + role
        + " bind="
        + bindHost
        + ":"
        + bindPort;
  }
}

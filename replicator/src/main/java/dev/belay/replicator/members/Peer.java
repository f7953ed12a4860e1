package dev.belay.replicator.members;

import java.util.Objects;

/**
 * A member that holds logs.
 *
 * @param server names its process, a new name at each start of a JVM
 * @param name its name in {@link dev.belay.replicator.cluster.Rendezvous}
 */
public record Peer(String server, String name) {

  public Peer {
    Objects.requireNonNull(server);
    Objects.requireNonNull(name);
  }
}

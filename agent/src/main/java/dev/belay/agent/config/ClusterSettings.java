package dev.belay.agent.config;

import java.util.List;

/**
 * How this JVM takes part in the cluster that holds the logs.
 *
 * @param name of the cluster
 * @param members seeds; a port is {@link HostPort#ANY_PORT} where none was given
 * @param bind address of the embedded member; its port is the first of a range of 100
 * @param mode where the log is kept
 * @param sealedKey the secret behind {@link #key()}, or null
 */
public record ClusterSettings(
    String name, List<HostPort> members, HostPort bind, ClusterMode mode, Secret sealedKey) {

  public ClusterSettings {
    members = List.copyOf(members);
  }

  /** A copy of the secret from which records and logs are encrypted, or null. */
  public byte[] key() {
    return Secret.bytesOf(sealedKey);
  }
}

package dev.belay.replicator.cluster;

import java.util.List;
import java.util.Objects;

/**
 * One server, as it makes itself known.
 *
 * @param server names its process, a new name at each start of a JVM
 * @param door {@code host:port} under which clients reach it; also its name in {@link Rendezvous}
 * @param services what it serves; empty while it is leaving
 * @param load sessions that it serves now
 */
public record Offer(String server, String door, List<Service> services, int load) {

  public Offer {
    Objects.requireNonNull(server);
    Objects.requireNonNull(door);
    services = List.copyOf(services);
  }

  /**
   * A protected service.
   *
   * @param name of the service; equal names form a support group
   * @param port at which the application listens
   */
  public record Service(String name, int port) {}
}

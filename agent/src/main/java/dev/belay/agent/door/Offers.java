package dev.belay.agent.door;

import dev.belay.agent.cluster.Cluster;
import dev.belay.agent.control.ControlLink;
import dev.belay.agent.wire.Frame;
import dev.belay.replicator.cluster.Offer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the servers of the cluster offer: publishes this one's services and load, and tells the
 * clients whom else they can turn to. Loop thread.
 */
final class Offers {
  private final Listeners listeners;
  private final Clients clients;
  private final Map<String, List<String>> groups = new HashMap<>();
  private List<Offer> members = List.of();
  private Published published;

  private record Published(List<Offer.Service> services, int load) {}

  Offers(Listeners listeners, Clients clients) {
    this.listeners = listeners;
    this.clients = clients;
  }

  /**
   * Now and then: says what this server offers, and how loaded it is, when that is news.
   *
   * @param door where clients find it
   * @param takesSessions false: it offers nothing
   * @param load its sessions
   */
  void publish(Cluster cluster, String door, boolean takesSessions, int load) {
    List<Offer.Service> services = new ArrayList<>();
    if (takesSessions) {
      for (Listeners.Listener listener : listeners.all()) {
        services.add(new Offer.Service(listener.service(), listener.port()));
      }
    }
    Published now = new Published(services, rounded(load));
    if (!now.equals(published)) {
      published = now;
      cluster.offer(door, now.services(), now.load());
      changed(members); // a listener may be new
    }
  }

  /** To powers of two: a load that differs little is no news. */
  private static int rounded(int load) {
    return Integer.highestOneBit(load);
  }

  /** The servers have changed. */
  void changed(List<Offer> offers) {
    members = offers;
    Map<String, List<String>> now = new HashMap<>();
    for (Listeners.Listener listener : listeners.all()) {
      now.put(String.valueOf(listener.port()), membersOf(listener.service()));
    }
    now.forEach(
        (service, group) -> {
          List<String> before = groups.put(service, group);
          if (!group.equals(before == null ? List.of() : before)) { // nobody known is no news
            tellAll(service, group);
          }
        });
  }

  private void tellAll(String service, List<String> group) {
    for (Clients.Client client : clients.all()) {
      ControlLink link = client.link();
      if (link != null) {
        link.group(service, group);
      }
    }
  }

  /** A client is new. */
  void tell(ControlLink link) {
    groups.forEach(
        (service, group) -> {
          if (!group.isEmpty()) { // as it is before this server has joined its cluster
            link.group(service, group);
          }
        });
  }

  private List<String> membersOf(String service) {
    List<String> group = new ArrayList<>();
    for (Offer offer : members) {
      addMember(group, offer, service);
    }
    return group;
  }

  private static void addMember(List<String> group, Offer offer, String service) {
    int colon = offer.door().lastIndexOf(':');
    for (Offer.Service served : offer.services()) {
      if (served.name().equals(service) && colon > 0 && group.size() < Frame.Group.MAX_MEMBERS) {
        String host = offer.door().substring(0, colon);
        String doorPort = offer.door().substring(colon + 1);
        group.add(host + ":" + served.port() + "@" + doorPort + "/" + offer.load());
      }
    }
  }
}

package dev.belay.replicator.members;

import dev.belay.replicator.cluster.Rendezvous;
import dev.belay.replicator.log.SessionId;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which of this server's sessions are held by whom, and the lanes that lead there. A holder is kept
 * as long as it is a member and answers.
 *
 * <p>The log's thread only.
 */
final class Routes {

  private final Loop loop;
  private final Peers peers;
  private final Asks asks;
  private final Map<SessionId, Route> routes = new HashMap<>();
  private final Map<Peer, Lane> lanes = new HashMap<>();

  /** Lanes with something new to send. */
  private final Set<Lane> fresh = new LinkedHashSet<>();

  Routes(Loop loop, Peers peers, Asks asks) {
    this.loop = loop;
    this.peers = peers;
    this.asks = asks;
  }

  /** The session's, a new one if it has none. */
  Route of(SessionId id) {
    Route route = routes.computeIfAbsent(id, Route::new);
    route.used(loop.nowNs());
    return route;
  }

  /** The session's, or null. */
  Route known(SessionId id) {
    return routes.get(id);
  }

  void remove(SessionId id) {
    routes.remove(id);
  }

  /**
   * Sends the call to the session's holder, together with what else is being submitted now: it goes
   * when the loop has done what waits for it already.
   */
  void submit(Route route, Pending pending) {
    Lane lane = route.lane() == null ? laneToHolder(route) : route.lane();
    if (lane == null) {
      pending.failed(new NoAnswerException("no other member holds logs"));
      return;
    }
    lane.add(route, pending);
    if (fresh.isEmpty()) {
      loop.execute(this::sendFresh);
    }
    fresh.add(lane);
  }

  private void sendFresh() {
    List<Lane> ready = List.copyOf(fresh);
    fresh.clear(); // first: what is submitted from now on says so again, whatever is thrown
    for (Lane each : ready) {
      each.send();
    }
  }

  private Lane laneToHolder(Route route) {
    Peer holder = route.holder();
    boolean isFit = holder != null && peers.holders().contains(holder) && !asks.isGivenUp(holder);
    if (!isFit) {
      route.heldBy(choose(route.id()));
    }
    return route.holder() == null
        ? null
        : lanes.computeIfAbsent(route.holder(), peer -> new Lane(peer, asks));
  }

  /** That of the highest weight; one that is given up, or full, only if there is no other. */
  private Peer choose(SessionId id) {
    Peer best = null;
    for (Peer each : peers.holders()) {
      if (best == null || isBetter(id, each, best)) {
        best = each;
      }
    }
    return best;
  }

  private boolean isBetter(SessionId id, Peer one, Peer other) {
    if (asks.isGivenUp(one) != asks.isGivenUp(other)) {
      return asks.isGivenUp(other);
    }
    if (asks.isFull(one) != asks.isFull(other)) {
      return asks.isFull(other);
    }
    return Rendezvous.weight(id.high(), id.low(), one.name())
        > Rendezvous.weight(id.high(), id.low(), other.name());
  }

  /** Members have come or gone. */
  void membersChanged() {
    List<Peer> present = peers.holders();
    asks.retain(present);
    Iterator<Map.Entry<Peer, Lane>> each = lanes.entrySet().iterator();
    while (each.hasNext()) {
      Map.Entry<Peer, Lane> entry = each.next();
      if (!present.contains(entry.getKey())) {
        entry.getValue().end();
        each.remove();
      }
    }
  }

  /** Forgets routes that have not been used for so long. */
  void dropUnused(long silenceNs) {
    long nowNs = loop.nowNs();
    routes.values().removeIf(route -> route.lane() == null && nowNs - route.usedNs() >= silenceNs);
  }
}

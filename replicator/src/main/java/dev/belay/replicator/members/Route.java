package dev.belay.replicator.members;

import dev.belay.replicator.log.Epoch;
import dev.belay.replicator.log.SessionId;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One of this server's sessions: where its log is, and what waits to go there. Calls of a session
 * go one after another, since two operations on their way may overtake each other.
 *
 * <p>The log's thread only.
 */
final class Route {

  private final SessionId id;

  /** One at a time, as a rule; null while there is none. */
  private Deque<Pending> waiting;

  /** Holds the session; null until one is chosen. */
  private Peer holder;

  /** What this process has opened or claimed; null: nothing. */
  private Epoch epoch;

  /** Whether this member holds the best copy itself, since it was the holder when it claimed. */
  private boolean readsLocally;

  private Lane lane;
  private long usedNs;

  Route(SessionId id) {
    this.id = id;
  }

  SessionId id() {
    return id;
  }

  boolean isWaiting() {
    return waiting != null;
  }

  void add(Pending last) {
    all().add(last);
  }

  /** Is to be sent again, before anything else. */
  void addFirst(Pending again) {
    all().addFirst(again);
  }

  private Deque<Pending> all() {
    if (waiting == null) {
      waiting = new ArrayDeque<>(1);
    }
    return waiting;
  }

  /** Takes the next one; there is one. */
  Pending next() {
    Pending next = waiting.remove();
    if (waiting.isEmpty()) {
      waiting = null;
    }
    return next;
  }

  Peer holder() {
    return holder;
  }

  void heldBy(Peer next) {
    holder = next;
  }

  boolean isOf(Epoch other) {
    return other.equals(epoch);
  }

  void granted(Epoch next) {
    epoch = next;
  }

  boolean readsLocally() {
    return readsLocally;
  }

  void readLocally(boolean local) {
    readsLocally = local;
  }

  /** In whose line it is, or in whose operation on its way; null: in none. */
  Lane lane() {
    return lane;
  }

  void enter(Lane next) {
    lane = next;
  }

  long usedNs() {
    return usedNs;
  }

  void used(long nowNs) {
    usedNs = nowNs;
  }
}

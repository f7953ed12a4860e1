package dev.belay.agent.door;

import dev.belay.agent.cluster.Cluster;
import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.wire.ResumePreface;
import dev.belay.replicator.log.FencedException;

/**
 * A takeover from its RESUME to its replay: waits its turn, then for what the members hold.
 *
 * <p>Invariant: its owner is told at most once, and not at all once it was dropped. Loop thread.
 */
final class Incoming {
  /** Told on the loop. */
  interface Owner {
    /** The replay can begin; {@code claim} is null when the client's own log is all there is. */
    void ready(Incoming of, Cluster.Claim claim);

    /** A later epoch has been there. */
    void stale(Incoming of, String cause);
  }

  final Listeners.Listener listener;
  final RawSocket link;
  final ResumePreface preface;
  final Clients.Pair pair;
  private final Owner owner;
  private boolean isDropped;

  Incoming(
      Listeners.Listener listener,
      RawSocket link,
      ResumePreface preface,
      Clients.Pair pair,
      Owner owner) {
    this.listener = listener;
    this.link = link;
    this.preface = preface;
    this.pair = pair;
    this.owner = owner;
  }

  /** Nobody wants it any longer. */
  void drop() {
    isDropped = true;
  }

  boolean isDropped() {
    return isDropped;
  }

  /** Its control link, and the keys with it, may have gone while it waited. */
  boolean isStillPaired() {
    return pair.isPresent();
  }

  /**
   * It is its turn. A takeover that is only prepared claims nothing: its server goes on.
   *
   * @param cluster or null
   */
  void claim(Cluster cluster, EventLoop loop, long patienceMs) {
    boolean isOfNoUse = preface.prepares() && preface.heldFrom() == 0;
    if (cluster == null || isOfNoUse) {
      owner.ready(this, null);
      return;
    }
    if (preface.prepares()) {
      cluster
          .look(preface.session(), preface.heldFrom(), patienceMs)
          .whenComplete((look, failure) -> loop.execute(() -> claimed(look, failure)));
      return;
    }
    cluster
        .claim(preface.session(), preface.epoch(), preface.heldFrom(), patienceMs)
        .whenComplete((claim, failure) -> loop.execute(() -> claimed(claim, failure)));
  }

  private void claimed(Cluster.Claim claim, Throwable failure) {
    if (failure instanceof FencedException) {
      owner.stale(this, failure.getMessage());
    } else {
      owner.ready(this, failure == null ? claim : null);
    }
  }
}

package dev.belay.replicator.cluster;

import java.util.List;

/** Hears of changes, one at a time and in order, in a thread of the replicator; must not block. */
public interface ReplicatorListener {

  /**
   * Called for each change of state, and with the same state again when other members hold logs
   * than before: a session may have lost its holder, and its next touch or append says so.
   */
  void stateChanged(ReplicatorState state, String detail);

  /**
   * The servers of the cluster, complete, this one included, each time that something has changed.
   * A member that has left is in it no longer; one that is stopped or cut off may still be.
   */
  void offersChanged(List<Offer> offers);
}

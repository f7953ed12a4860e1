package dev.belay.replicator.members;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** The way to the other members. Called by the log's thread only; never blocks. */
public interface Peers {

  /** The other members that hold logs, as far as is known; one that is dead may be among them. */
  List<Peer> holders();

  /**
   * Asks that member's {@link Holder}. The stage completes in any thread; it fails if the member is
   * known to have left, and may never complete at all.
   */
  CompletionStage<byte[]> ask(Peer peer, byte[] request);
}

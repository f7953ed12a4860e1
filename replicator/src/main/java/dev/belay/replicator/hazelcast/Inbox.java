package dev.belay.replicator.hazelcast;

/** What arrives from other members, in threads of Hazelcast's. Must not block. */
interface Inbox {

  /** A batch of calls; the answer goes back. */
  byte[] calls(byte[] batch);

  /** Another server's offer. */
  void offer(byte[] offer);

  /** Members may have come or gone. */
  void members();
}

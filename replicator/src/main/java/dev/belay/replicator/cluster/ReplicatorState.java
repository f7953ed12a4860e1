package dev.belay.replicator.cluster;

/** How well this JVM's logs are held. */
public enum ReplicatorState {
  /** Not joined yet. */
  STARTING,
  /** Joined, but no other member can hold a log: nothing becomes durable. */
  ALONE,
  /** At least one other member holds logs. */
  REPLICATING,
  /** Could not start, or has ended; final. */
  ENDED
}

package dev.belay.replicator.cluster;

import dev.belay.replicator.log.SessionLog;

/**
 * This JVM's membership in the cluster of servers.
 *
 * <p>Starting, joining and leaving take place in threads of its own: no call but {@link #close}
 * blocks, and a cluster that is absent, slow or broken is a {@link ReplicatorState}, never an
 * exception. Any thread may call.
 */
public interface Replicator extends AutoCloseable {

  /**
   * The log that the members hold for each other. Usable at once: while there is no member to hold
   * anything, its stages fail as those of an unknown outcome do.
   */
  SessionLog log();

  /** What this server offers from now on, in place of what it offered before. */
  void offer(Offer offer);

  /** What this member holds for the others now. */
  Held held();

  /**
   * Held for others.
   *
   * @param sessions whose logs are held
   * @param bytes memory that they take, roughly
   */
  record Held(int sessions, long bytes) {}

  /**
   * Leaves. Ends within two seconds, whatever the cluster does; what is held here for others is
   * lost with it, and its owners ship it elsewhere.
   */
  @Override
  void close();
}

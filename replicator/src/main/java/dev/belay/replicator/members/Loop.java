package dev.belay.replicator.members;

import java.util.concurrent.Executor;

/** One thread's time and work. What it runs must not block. */
public interface Loop extends Executor {

  /** The time in ns, from any origin. */
  long nowNs();

  /**
   * Runs the task in this loop's thread, not before so much time has passed. In that thread only.
   */
  void after(long delayNs, Runnable task);
}

package dev.belay.agent.cluster;

import dev.belay.agent.session.MemoryBudget;
import dev.belay.replicator.cluster.HeldMemory;

/**
 * What is held for other servers comes out of the same {@code belay.memory} as this server's own
 * sessions. Any thread.
 */
record HeldShare(MemoryBudget budget) implements HeldMemory {
  @Override
  public long freeBytes() {
    return budget.freeBytes();
  }

  @Override
  public void changed(long bytes) {
    if (bytes < 0) {
      budget.give(-bytes);
    } else {
      budget.take(bytes);
    }
  }
}

package dev.belay.agent.door;

import dev.belay.agent.cluster.Cluster;
import dev.belay.replicator.cluster.Offer;
import dev.belay.replicator.cluster.Replicator;
import dev.belay.replicator.cluster.ReplicatorListener;
import dev.belay.replicator.cluster.ReplicatorSettings;
import dev.belay.replicator.cluster.ReplicatorState;
import dev.belay.replicator.log.SessionId;
import dev.belay.replicator.log.SessionLog;
import dev.belay.replicator.memory.MemorySessionLog;
import java.util.function.Consumer;

/** What other members would hold. */
final class SharedLog implements Cluster.Starter, Replicator {
  private final SessionLog log = new MemorySessionLog(System::nanoTime);

  @Override
  public Replicator start(
      ReplicatorSettings settings, ReplicatorListener listener, Consumer<String> lines) {
    listener.stateChanged(ReplicatorState.REPLICATING, "");
    return this;
  }

  boolean holds(SessionId session) {
    return !log.session(session).toCompletableFuture().isCompletedExceptionally();
  }

  @Override
  public SessionLog log() {
    return log;
  }

  @Override
  public void offer(Offer offer) {}

  @Override
  public Held held() {
    return new Held(0, 0);
  }

  @Override
  public void close() {}
}

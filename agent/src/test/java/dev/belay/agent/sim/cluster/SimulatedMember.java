package dev.belay.agent.sim.cluster;

import dev.belay.agent.cluster.Cluster;
import dev.belay.agent.sim.kernel.Jvm;
import dev.belay.replicator.cluster.Replicator;
import dev.belay.replicator.cluster.ReplicatorListener;
import dev.belay.replicator.cluster.ReplicatorSettings;
import java.lang.instrument.Instrumentation;
import java.util.function.Consumer;

/** For the product's EmbeddedMember: joins the simulated members of this run. */
public final class SimulatedMember implements Cluster.Starter {
  /** As the product's. */
  public SimulatedMember(Instrumentation instrumentation) {}

  @Override
  public Replicator start(
      ReplicatorSettings settings, ReplicatorListener listener, Consumer<String> log) {
    return new Member(Jvm.current(), settings, listener);
  }
}

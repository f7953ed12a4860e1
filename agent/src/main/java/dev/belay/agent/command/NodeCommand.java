package dev.belay.agent.command;

import dev.belay.agent.cluster.Cluster;
import dev.belay.agent.cluster.EmbeddedMember;
import dev.belay.agent.config.ClusterSettings;
import dev.belay.agent.config.HostPort;
import dev.belay.agent.config.Problem;
import dev.belay.agent.config.Settings;
import dev.belay.replicator.cluster.Offer;
import dev.belay.replicator.cluster.Replicator;
import dev.belay.replicator.cluster.ReplicatorListener;
import dev.belay.replicator.cluster.ReplicatorSettings;
import dev.belay.replicator.cluster.ReplicatorSettings.Role;
import dev.belay.replicator.cluster.ReplicatorState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;

/** A data node: holds logs for servers and serves no clients. Runs until it is terminated. */
final class NodeCommand implements ReplicatorListener {

  /** A node holds logs and does nothing else: half of the heap is for them. */
  private static final int HEAP_SHARE = 2;

  private final Console console;
  private final CountDownLatch ended = new CountDownLatch(1);

  NodeCommand(Console console) {
    this.console = console;
  }

  int run(List<String> arguments) {
    Settings.Loaded loaded =
        Settings.load(String.join(";", arguments), System.getenv(), System.getProperties());
    if (!loaded.problems().isEmpty()) {
      for (Problem each : loaded.problems()) {
        console.complain(each.line());
      }
      return Commands.USAGE;
    }
    try (Replicator node =
        new EmbeddedMember(null).start(settings(loaded.settings()), this, console::complain)) {
      Runtime.getRuntime().addShutdownHook(new Thread(node::close, "belay-node-end"));
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Commands.FAILED; // a node that is terminated does not come back here
  }

  private static ReplicatorSettings settings(Settings settings) {
    ClusterSettings cluster = settings.cluster();
    List<String> seeds = new ArrayList<>();
    for (HostPort each : cluster.members()) {
      seeds.add(each.toString());
    }
    return new ReplicatorSettings(
        cluster.name(),
        "node-" + UUID.randomUUID(),
        null,
        seeds,
        cluster.bind().host(),
        cluster.bind().port(),
        Role.NODE,
        cluster.key(),
        Duration.ofMillis(Cluster.silenceMs(settings)),
        Runtime.getRuntime().maxMemory() / HEAP_SHARE);
  }

  @Override
  public void stateChanged(ReplicatorState state, String detail) {
    if (state == ReplicatorState.ENDED) {
      console.complain("node: " + detail);
      ended.countDown();
    } else {
      console.print("belay node: " + state.name().toLowerCase(Locale.ROOT) + " " + detail);
    }
  }

  @Override
  public void offersChanged(List<Offer> offers) {
    // a node serves no clients, so none of its sessions needs a next server
  }
}

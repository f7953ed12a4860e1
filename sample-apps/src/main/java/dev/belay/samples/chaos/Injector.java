package dev.belay.samples.chaos;

import dev.belay.samples.chaos.fault.Fault;
import dev.belay.samples.chaos.fault.Network;
import dev.belay.samples.chaos.fault.Signals;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Does the damage and undoes it. As long as a server is disabled there is another one that can
 * serve: a fault that would leave none is skipped. Used by the thread of the timeline.
 */
final class Injector {

  private static final long END_POLL_MS = 20;
  private static final long SIGTERM_PATIENCE_MS = 15_000;

  private final List<ServerPlace> servers;
  private final Network network;
  private final Timeline timeline;

  Injector(List<ServerPlace> servers, Network network, Timeline timeline) {
    this.servers = List.copyOf(servers);
    this.network = network;
    this.timeline = timeline;
  }

  /** Does a fault, or says why not. */
  Recording.Injected inject(Fault fault) throws IOException, InterruptedException {
    ServerPlace victim = servers.get(fault.server());
    Optional<String> obstacle = obstacle(fault, victim);
    String name = victim.toString();
    long atMs = timeline.nowMs();
    if (obstacle.isEmpty()) {
      begin(fault, victim);
    }
    return new Recording.Injected(fault, atMs, name, victim.ports().door(), obstacle);
  }

  private Optional<String> obstacle(Fault fault, ServerPlace victim) {
    if (!victim.isHealthy()) {
      return Optional.of("the server is not back from its last fault");
    }
    boolean another = servers.stream().anyMatch(server -> server != victim && server.isHealthy());
    return fault.kind().isDisabling() && !another
        ? Optional.of("no other server could serve")
        : Optional.empty();
  }

  private void begin(Fault fault, ServerPlace victim) throws IOException, InterruptedException {
    switch (fault.kind()) {
      case KILL -> {
        victim.kill();
        timeline.after(fault.lengthMs(), victim::startProcess);
      }
      case RESTART -> {
        victim.terminate();
        restartWhenEnded(victim, timeline.nowMs() + SIGTERM_PATIENCE_MS);
      }
      case STOP -> {
        Signals.stop(victim.pid());
        impair(victim, fault.lengthMs(), () -> Signals.resume(victim.pid()));
      }
      case SILENCE -> {
        network.silence(victim.ports());
        impair(victim, fault.lengthMs(), () -> network.restore(victim.ports()));
      }
      case RESET -> network.reset(victim.ports());
      case SLOW -> {
        Signals.slowDown(victim.pid(), fault.lengthMs());
        impair(victim, fault.lengthMs(), () -> {});
      }
    }
  }

  private void impair(ServerPlace victim, long lengthMs, Timeline.Task undo) {
    victim.setImpaired(true);
    timeline.after(
        lengthMs,
        () -> {
          undo.run();
          victim.setImpaired(false);
        });
  }

  private void restartWhenEnded(ServerPlace victim, long deadlineMs)
      throws IOException, InterruptedException {
    if (victim.isEnded()) {
      victim.startProcess();
    } else if (timeline.nowMs() < deadlineMs) {
      timeline.after(END_POLL_MS, () -> restartWhenEnded(victim, deadlineMs));
    } else {
      Signals.printStacks(victim.pid());
      throw new IOException(victim + " does not end after SIGTERM; its stacks are in its log");
    }
  }
}

package dev.belay.samples.chaos;

import dev.belay.samples.chaos.fault.Fault;
import dev.belay.samples.chaos.fault.Network;
import dev.belay.samples.chaos.fault.Signals;
import dev.belay.samples.launch.Ports;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * One run from the start of the servers to the end of the last client. Used by one thread; {@link
 * #close} ends every process.
 */
final class ChaosRun implements AutoCloseable {

  private static final long START_TIMEOUT_MS = 60_000;
  private static final long END_POLL_MS = 50;
  private static final long TICK_MS = 200;

  /** No client takes so long after the last fault: resume window, its longest work, and some. */
  private static final long DRAIN_TIMEOUT_MS = 75_000;

  /** Until a JVM has printed its stacks. */
  private static final long STACKS_MS = 2_000;

  private final Plan plan;
  private final Setup setup;
  private final Network network;
  private final Screen screen;
  private final Timeline timeline = new Timeline();
  private final Recording recording = new Recording();
  private final List<ServerPlace> servers = new ArrayList<>();
  private final List<ClientRun> running = new ArrayList<>();

  ChaosRun(Plan plan, Setup setup, Network network, Screen screen) {
    this.plan = plan;
    this.setup = setup;
    this.network = network;
    this.screen = screen;
  }

  /** Runs it all. */
  Recording run() throws IOException, InterruptedException {
    startServers();
    timeline.startClock();
    Injector injector = new Injector(servers, network, timeline);
    for (Fault fault : plan.faults()) {
      timeline.at(fault.atMs(), () -> inject(injector, fault));
    }
    for (int place = 0; place < plan.clients(); place++) {
      startClient(place, 0);
    }
    tick();
    timeline.runUntil(() -> false, plan.totalMs());
    screen.say("  no more faults; waiting for the clients at work");
    if (!timeline.runUntil(running::isEmpty, plan.totalMs() + DRAIN_TIMEOUT_MS)) {
      giveUp();
    }
    screen.end();
    return recording;
  }

  /** The wall clock's time at the run's zero. */
  long zeroWallMs() {
    return timeline.zeroWallMs();
  }

  /** The doors of the servers, in their order. */
  List<Integer> doors() {
    return servers.stream().map(server -> server.ports().door()).toList();
  }

  /** Ends every process. */
  @Override
  public void close() throws IOException, InterruptedException {
    for (ClientRun client : running) {
      client.giveUp();
    }
    for (ServerPlace server : servers) {
      server.kill();
    }
  }

  private void startServers() throws IOException, InterruptedException {
    for (int number = 0; number < plan.servers(); number++) {
      servers.add(ServerPlace.start(number, plan.workload().server(), setup, timeline));
    }
    boolean ready =
        timeline.runUntil(
            () -> servers.stream().allMatch(ServerPlace::isListening), START_TIMEOUT_MS);
    if (!ready) {
      throw new IOException("the servers did not start, see " + setup.logs());
    }
  }

  private void inject(Injector injector, Fault fault) throws IOException, InterruptedException {
    Recording.Injected injected = injector.inject(fault);
    recording.injected(injected);
    screen.fault(injected);
  }

  private void startClient(int place, int round) throws IOException {
    Plan.Work work = plan.work(place, round);
    ClientRun.Id id = new ClientRun.Id(place, round, work.seed(), work.seconds());
    ClientRun client =
        ClientRun.start(
            new ClientRun.Start(
                id,
                plan.workload().client(plan.connections(), work.seconds(), work.seed()),
                serversFrom(place),
                setup.with(plan.workload().clientOptions())),
            timeline,
            recording);
    running.add(client);
    timeline.after(END_POLL_MS, () -> watch(client, id));
  }

  /** Clients begin with different servers, so that each has something to lose. */
  private List<Ports> serversFrom(int place) {
    List<Ports> ports = new ArrayList<>(servers.stream().map(ServerPlace::ports).toList());
    Collections.rotate(ports, -place);
    return ports;
  }

  private void watch(ClientRun client, ClientRun.Id id) throws IOException, InterruptedException {
    if (!client.isEnded()) {
      timeline.after(END_POLL_MS, () -> watch(client, id));
      return;
    }
    running.remove(client);
    ClientRun.Result result = client.result();
    recording.ended(result);
    screen.ended(result);
    if (timeline.nowMs() < plan.totalMs()) {
      startClient(id.place(), id.round() + 1);
    }
  }

  private void giveUp() throws IOException, InterruptedException {
    for (ClientRun client : running) {
      Signals.printStacks(client.pid());
    }
    timeline.runUntil(running::isEmpty, timeline.nowMs() + STACKS_MS);
    for (ClientRun client : List.copyOf(running)) {
      ClientRun.Result result = client.giveUp();
      recording.ended(result);
      screen.ended(result);
    }
    running.clear();
  }

  private void tick() {
    screen.show(timeline.nowMs(), recording);
    timeline.after(TICK_MS, this::tick);
  }
}

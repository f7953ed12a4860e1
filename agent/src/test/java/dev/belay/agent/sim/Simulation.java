package dev.belay.agent.sim;

import dev.belay.agent.report.AgentLog;
import dev.belay.agent.report.LogLevel;
import dev.belay.agent.sim.app.Client;
import dev.belay.agent.sim.app.Leftover;
import dev.belay.agent.sim.app.Script;
import dev.belay.agent.sim.app.Scripts;
import dev.belay.agent.sim.cluster.Member;
import dev.belay.agent.sim.kernel.Inside;
import dev.belay.agent.sim.kernel.Jvm;
import dev.belay.agent.sim.kernel.Machine;
import dev.belay.agent.sim.kernel.World;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * One run: a seed decides servers, clients, scripts, network and faults; the product does the rest.
 * Made by the loader that weaves the product, so that its face to the tests is of JDK types only:
 * from seed and trace (or null) to {what is broken or null, hash of the trace, summary}.
 */
public final class Simulation implements BiFunction<Long, StringBuilder, String[]> {
  private static final long MOST_STEPS = 400_000;
  private static final long S = 1_000_000_000;

  /** How long sessions may take when nothing is broken any more. */
  private static final long PATIENCE_NS = 60 * S;

  /** Of the runs in which what is left afterwards is looked at, which takes its time. */
  private static final double QUIET_SHARE = 0.3;

  /** Of the runs with servers that no replay can follow. */
  private static final double MOODY_SHARE = 0.05;

  private World world;
  private Scripts scripts;
  private Settings settings;
  private Invariants invariants;
  private Faults faults;
  private List<Server> servers;
  private List<Jvm> clientJvms;
  private List<Client> clients;
  private Map<String, Integer> losses;

  @Override
  public String[] apply(Long seed, StringBuilder trace) {
    world = new World(seed, trace);
    Jvm.reset();
    Member.reset();
    losses = new LinkedHashMap<>();
    AgentLog.open(LogLevel.DEBUG, this::logged);
    Inside.forgetWarnings();
    try {
      setUp();
      play();
    } catch (World.BrokenInvariantError e) {
      clientJvms.forEach(Jvm::traceThreads);
      servers.forEach(Server::traceThreads);
    }
    String hash = Long.toHexString(world.traceHash());
    return new String[] {world.broken(), hash, summary()};
  }

  private void logged(byte[] line) {
    String text = new String(line, StandardCharsets.UTF_8).stripTrailing();
    Jvm jvm = Jvm.current();
    String message = text.substring(Math.min(text.length(), 25)); // without the time
    world.trace(jvm == null ? "-" : jvm.name(), message);
    if (message.contains("event loop: ") || message.contains("waiting for a control link: ")) {
      world.fail("the product threw: " + text);
    }
    if (message.contains("control link down: ") && message.contains("cause=silent")) {
      faults.controlLinkLost(); // a network may be as slow as that
    }
    if (jvm != null && (message.contains("session lost: ") || message.contains(" reset: "))) {
      losses.merge(jvm.name(), 1, Integer::sum);
    }
  }

  private void setUp() {
    scripts = new Scripts(world, world.chance(MOODY_SHARE));
    settings = new Settings(world);
    invariants = new Invariants(world, scripts);
    world.network().latency(world.between(20_000, 5_000_000));
    servers = new ArrayList<>();
    for (int i = 1; i <= world.between(1, 3); i++) {
      servers.add(new Server(world, i, scripts, settings));
    }
    settings.targets(servers);
    clientJvms = new ArrayList<>();
    faults = new Faults(world, servers, clientJvms, this::connectSome, this::gone);
    if (settings.isClustered()) {
      faults.aimAtClusters();
    }
    if (settings.isDirect()) {
      faults.aimAtDirectOpens();
    }
    startServers();
    clients = new ArrayList<>();
    for (int i = 1; i <= world.between(1, 2); i++) {
      startClients(i);
    }
  }

  /** Some begin while clients look for them already. */
  private void startServers() {
    for (Server server : servers) {
      if (faults.isCalm() && world.chance(0.7)) {
        world.after(world.between(0, 300_000_000), server::start);
      } else {
        server.start();
      }
    }
  }

  private void startClients(int index) {
    Machine machine = new Machine(world, "c" + index, "10.0.1." + index);
    List<Jvm> jvms = new ArrayList<>();
    jvms.add(startClientJvm(machine, machine.name()));
    if (settings.isDirect() && world.chance(0.5)) {
      jvms.add(startClientJvm(machine, machine.name() + "'"));
    }
    List<InetSocketAddress> addresses = addresses();
    // With a cluster long ones, that have something to be taken over from it.
    int mostBytes = world.chance(settings.isClustered() ? 0.8 : 0.2) ? 30_000 : 5_000;
    long latestNs = settings.isClustered() ? 500_000_000 : 200_000_000;
    if (settings.isDirect()) {
      startStrangers(machine, addresses);
      latestNs = world.between(S / 2, 2 * S); // when there are many they go past the door
    }
    for (long i = world.between(1, settings.isDirect() ? 40 : 3); i > 0; i--) {
      Jvm jvm = jvms.get(world.random().nextInt(jvms.size()));
      Client client = new Client(jvm, scripts.next(mostBytes), addresses, world.chance(0.5));
      clients.add(client);
      client.start(world.between(0, latestNs));
    }
  }

  private List<InetSocketAddress> addresses() {
    return servers.stream().map(Server::address).toList();
  }

  /** While a server ends, which takes its kernel some time. */
  private void connectSome() {
    for (long i = world.between(0, faults.isKilling() ? 8 : 2); i > 0; i--) {
      Jvm jvm = clientJvms.get(world.random().nextInt(clientJvms.size()));
      Client client = new Client(jvm, scripts.next(1000), addresses(), world.chance(0.5));
      clients.add(client);
      client.start(world.between(0, Jvm.MOST_DYING_NS));
    }
  }

  private Jvm startClientJvm(Machine machine, String name) {
    Jvm jvm = settings.start(machine, name, settings.ofClient());
    clientJvms.add(jvm);
    invariants.add(jvm);
    return jvm;
  }

  /**
   * Programs without the agent on a client's machine, some of which get a port just given back, and
   * those that had one earlier and have left a connection behind.
   */
  private void startStrangers(Machine machine, List<InetSocketAddress> addresses) {
    Jvm plain = settings.startPlain(machine, machine.name() + ".plain");
    ArrayDeque<Client> waiting = new ArrayDeque<>();
    for (long i = world.between(0, 8); i > 0; i--) {
      Script script = scripts.next(1000);
      script.stranger();
      waiting.add(new Client(plain, script, addresses, world.chance(0.5)));
    }
    for (long i = world.between(0, 12); i > 0; i--) {
      Script script = scripts.next(1000);
      script.stranger();
      int port = Settings.directPort(world);
      InetSocketAddress to = addresses.get(world.random().nextInt(addresses.size()));
      new Leftover(plain, script, to, port).start(world.between(0, 2 * S));
    }
    machine.onFreed(
        port -> {
          if (!waiting.isEmpty() && world.chance(0.3)) {
            Client next = waiting.poll();
            clients.add(next);
            plain.run(() -> next.startFrom(port, world.between(0, 3_000_000)));
          }
        });
  }

  private void play() {
    world.afterEachStep(this::check);
    while (!isOver()) {
      advance();
      faults.tick();
      checkTime();
    }
    world.afterEachStep(() -> {});
    checkEnds();
    if (!world.chance(QUIET_SHARE)) {
      return;
    }
    // An end that cannot be told is waited for one window, and another if it got on meanwhile.
    long until = world.nowNs() + 2 * Settings.RESUME_WINDOW_MS * 1_000_000 + 5 * S;
    while (world.nowNs() < until) {
      advance();
    }
    invariants.checkNothingIsLeft();
    checkDelivered();
  }

  private void check() {
    for (Server server : servers) {
      if (server.jvm() != null) {
        invariants.addOnce(server.jvm());
      }
    }
    invariants.check();
  }

  private void gone(Jvm jvm) {
    for (Client client : clients) {
      if (client.jvmName().equals(jvm.name())) {
        client.gone();
      }
    }
  }

  private void advance() {
    if (!world.step() && world.broken() == null) {
      throw world.fail("nothing is left to happen");
    }
    if (world.broken() != null) {
      throw world.fail(world.broken());
    }
  }

  private boolean isOver() {
    for (Client client : clients) {
      if (!client.isOver() && !client.script().isPlain()) {
        return false;
      }
    }
    return world.nowNs() >= faults.overNs();
  }

  private void checkTime() {
    if (world.steps() > MOST_STEPS) {
      throw world.fail("it runs in circles: " + summary());
    }
    if (world.nowNs() > Math.max(S, faults.overNs()) + PATIENCE_NS) {
      throw world.fail("not finished though nothing is broken any more: " + summary());
    }
  }

  private void checkEnds() {
    Map<String, Integer> resets = new LinkedHashMap<>();
    for (Client client : clients) {
      Script script = client.script();
      if (script.isStranger()) {
        checkStranger(client);
        continue;
      }
      if (script.isPlain() && !mayBePlain(client)) {
        throw world.fail("a connection is not protected, and nothing is to blame: " + summary());
      }
      if (client.state() == Client.State.FAILED && !script.isPlain()) {
        boolean isFragile = settings.isTight() || script.isMoody();
        boolean isExcused = isFragile && faults.hasLostServer();
        if (!isExcused) {
          throw world.fail("a client saw a failure: " + client.failure() + "; " + summary());
        }
        resets.merge(client.jvmName(), 1, Integer::sum);
      }
    }
    resets.forEach(
        (name, count) -> {
          if (losses.getOrDefault(name, 0) < count) {
            throw world.fail("a reset without a reason in the log of " + name);
          }
        });
  }

  /** When a server was lost, and the client's JVM knew of none that was left. */
  private boolean mayBePlain(Client client) {
    boolean isForsaken = client.connectedNs() >= faults.leftNoneNs();
    return faults.hasLostServer() && (isForsaken || !client.hasKnownServer(clients));
  }

  /** Nothing of the product's is to be noticed by others, if nobody dies. */
  private void checkStranger(Client client) {
    if (client.state() == Client.State.FAILED && !faults.hasLostEnd() && !faults.hasLostServer()) {
      throw world.fail("a stranger saw a failure: " + client.failure() + "; " + summary());
    }
  }

  /** What a client had written when it closed is with the server's application, or will be. */
  private void checkDelivered() {
    for (Client client : clients) {
      Script script = client.script();
      boolean isOwed = client.state() == Client.State.DONE && !client.isGone();
      boolean isWhole =
          script.end() != Script.End.CLIENT_LEAVES && script.end() != Script.End.CLIENT_ABORTS;
      boolean isEnded = script.isEndRead() || faults.hasLostEnd();
      boolean isExcused = script.isPlain() || script.isMoody() || settings.isTight();
      if (isOwed && isWhole && !(script.isRead() && isEnded) && !isExcused) {
        throw world.fail("the server has not read all: " + script.describe() + "; " + summary());
      }
    }
  }

  private String summary() {
    StringBuilder text = new StringBuilder();
    text.append("steps=").append(world.steps());
    text.append(" time=").append(world.nowNs() / 1_000_000).append("ms");
    text.append(" servers=").append(servers.size());
    text.append(settings.isClustered() ? " clustered" : "");
    text.append(" direct=").append(clients.stream().filter(Client::isDirect).count());
    for (Client client : clients) {
      text.append(" [").append(client.describe()).append(']');
    }
    return text.toString();
  }
}

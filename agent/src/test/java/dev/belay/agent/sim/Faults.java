package dev.belay.agent.sim;

import dev.belay.agent.sim.kernel.Jvm;
import dev.belay.agent.sim.kernel.Tcp;
import dev.belay.agent.sim.kernel.World;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What goes wrong in one run, and when: at steps, not at times, so that the busy moments get most
 * of it. All of it passes: no server is away for good unless another is left.
 */
final class Faults {
  /** What can be broken. */
  enum Fault {
    KILL,
    POWER,
    PAUSE_SERVER,
    PAUSE_CLIENT,
    RESET,
    SWALLOW,
    CUT,
    SLOW,
    TERMINATE,
    DRAIN,
    KILL_CLIENT
  }

  private static final Set<Fault> ENDING = EnumSet.complementOf(EnumSet.of(Fault.SLOW));

  private static final Set<Fault> HARMLESS = EnumSet.of(Fault.KILL, Fault.KILL_CLIENT);

  /** Each at least once; what is hard to notice more often. */
  private static final List<Fault> LIKELY = likely();

  /** Where members hold logs: what makes others use them, and what moves sessions. */
  private static final List<Fault> OF_CLUSTERS =
      List.of(Fault.KILL, Fault.KILL, Fault.DRAIN, Fault.DRAIN, Fault.DRAIN, Fault.TERMINATE);

  private static List<Fault> likely() {
    List<Fault> all = new ArrayList<>(List.of(Fault.values()));
    all.addAll(List.of(Fault.KILL, Fault.RESET, Fault.SWALLOW, Fault.SWALLOW, Fault.SWALLOW));
    return all;
  }

  private static final int MOST_FAULTS = 8;

  /** How many steps lie between two faults at most: in some runs they come in a swarm. */
  private static final long[] SPANS = {60, 300, 1500};

  private static final double LOST_CONNECTIONS = 0.003;

  /** Of the runs. */
  private static final double KILLING_SHARE = 0.1;

  /** Until its client asks for it. */
  private static final long LOST_FOR_MS = 12_000;

  private static final long MS = 1_000_000;

  private final World world;
  private final List<Server> servers;
  private final List<Jvm> clients;
  private final Runnable serverGone;
  private final Consumer<Jvm> clientsGone;
  private final List<Fault> likely = new ArrayList<>(LIKELY);
  private final boolean isKilling;
  private int left;
  private long nextStep;
  private long spanSteps;
  private long overNs;
  private boolean isMachineShared;
  private boolean hasLostServer;
  private boolean hasLostEnd;
  private long leftNoneNs = Long.MAX_VALUE;

  /**
   * @param serverGone called when a server is killed
   * @param clientsGone told of a client JVM before it is killed
   */
  Faults(
      World world,
      List<Server> servers,
      List<Jvm> clients,
      Runnable serverGone,
      Consumer<Jvm> clientsGone) {
    this.serverGone = serverGone;
    this.clientsGone = clientsGone;
    this.world = world;
    this.servers = servers;
    this.clients = clients;
    this.left = (int) world.between(0, MOST_FAULTS);
    this.spanSteps = SPANS[world.random().nextInt(SPANS.length)];
    this.nextStep = world.between(1, spanSteps);
    this.isKilling = world.chance(KILLING_SHARE);
  }

  /** Servers are killed, and nothing else happens. */
  boolean isKilling() {
    return isKilling;
  }

  /** Connections go past the door: who comes to be at the other end of them matters. */
  void aimAtDirectOpens() {
    likely.addAll(List.of(Fault.POWER, Fault.POWER, Fault.RESET));
    isMachineShared = true;
    if (!isCalm() && !isKilling) {
      world.network().loseConnections(Server.PORT, LOST_CONNECTIONS, this::connectionLost);
    }
  }

  private void connectionLost() {
    hasLostServer = true; // to its client
    hasLostEnd = true;
    leftNone();
    lasting(LOST_FOR_MS, LOST_FOR_MS);
  }

  /** Members hold logs for each other. */
  void aimAtClusters() {
    likely.addAll(OF_CLUSTERS);
  }

  /** True when nothing is to go wrong. */
  boolean isCalm() {
    return left == 0 && overNs == 0;
  }

  /** When the last of it has passed, as far as is known. */
  long overNs() {
    return overNs;
  }

  /** True when a server's process was lost, or may have been taken for lost. */
  boolean hasLostServer() {
    return hasLostServer;
  }

  /**
   * Since when there may have been no server with an agent for somebody who had one before: until
   * then servers were killed only, each once, and another ran.
   */
  long leftNoneNs() {
    return leftNoneNs;
  }

  private void leftNone() {
    leftNoneNs = Math.min(leftNoneNs, world.nowNs());
  }

  /**
   * True when something may have cost the end of a stream of which every byte had arrived: its word
   * on the control link, or the server that was to read it.
   */
  boolean hasLostEnd() {
    return hasLostEnd;
  }

  /** By a server's own verdict, whatever the cause. */
  void controlLinkLost() {
    hasLostEnd = true;
  }

  /** After each step. */
  void tick() {
    if (left > 0 && world.steps() >= nextStep) {
      left--;
      nextStep = world.steps() + world.between(1, spanSteps);
      strike(isKilling ? Fault.KILL : likely.get(world.random().nextInt(likely.size())));
    }
  }

  private void strike(Fault fault) {
    Server server = servers.get(world.random().nextInt(servers.size()));
    Jvm client = clients.get(world.random().nextInt(clients.size()));
    hasLostEnd |= ENDING.contains(fault);
    if (!HARMLESS.contains(fault)) {
      leftNone();
    }
    switch (fault) {
      case KILL -> kill(server);
      case POWER -> power(server);
      case PAUSE_SERVER -> {
        hasLostServer = true;
        server.jvm().pause(lasting(50, 4000));
      }
      case PAUSE_CLIENT -> client.pause(lasting(20, 3000));
      case RESET -> onConnection(tcp -> end(tcp).injectReset(world.chance(0.5)));
      case SWALLOW -> onConnection(tcp -> end(tcp).swallow(world.chance(0.5)));
      case CUT -> cut(client, server);
      case SLOW -> {
        hasLostServer = true;
        world.network().slow(world.between(10, 1500) * MS, lasting(100, 2000));
      }
      case TERMINATE -> terminate(server);
      case DRAIN -> drain(server);
      case KILL_CLIENT -> killClient(client);
    }
  }

  /** So long, which the run waits for. */
  private long lasting(long lowMs, long highMs) {
    long durationNs = world.between(lowMs, highMs) * MS;
    overNs = Math.max(overNs, world.nowNs() + durationNs);
    return durationNs;
  }

  private void kill(Server server) {
    if (server.isRunning()) {
      hasLostServer = true;
      if (server.wasStartedAgain() || running() == 1) {
        leftNone();
      }
      server.jvm().kill();
      serverGone.run();
      startAgain(server);
    }
  }

  private long running() {
    return servers.stream().filter(Server::isRunning).count();
  }

  /** Or its machine. Seldom, and one of two: there is to be something left to see. */
  private void killClient(Jvm client) {
    if (clients.size() > 1 && !client.isDead() && world.chance(0.3)) {
      clientsGone.accept(client);
      if (isMachineShared || world.chance(0.5)) {
        client.kill();
      } else {
        client.vanish();
        client.machine().powerOff();
      }
    }
  }

  private void startAgain(Server server) {
    long delayNs = lasting(50, 4000);
    world.after(delayNs, server::start);
  }

  private void power(Server server) {
    if (server.isRunning()) {
      hasLostServer = true;
      server.jvm().vanish();
      server.machine().powerOff();
      world.after(
          lasting(100, world.chance(0.5) ? 400 : 4000),
          () -> {
            server.machine().powerOn();
            server.start();
          });
    }
  }

  private void terminate(Server server) {
    if (server.isRunning()) {
      hasLostServer = true;
      Jvm ending = server.jvm();
      long lastsNs = world.between(0, 400) * MS;
      server.terminate(lastsNs);
      world.after(
          lasting(500, 4000),
          () -> {
            if (ending.isDead()) {
              server.start();
            }
          });
    }
  }

  /** It is emptied, and started anew a while later. */
  private void drain(Server server) {
    if (server.isRunning()) {
      hasLostServer = true; // if nobody else will have its sessions
      Jvm drained = server.jvm();
      world.trace(drained.name(), "drain", 0, 0);
      server.drain();
      world.after(
          lasting(10, 1500),
          () -> {
            if (server.jvm() == drained) {
              terminate(server);
            }
          });
    }
  }

  private void cut(Jvm client, Server server) {
    hasLostServer = true;
    long durationNs = lasting(20, 4000);
    int ways = (int) world.between(1, 3);
    world.trace("network", "cut " + server.machine().name(), ways, durationNs / MS);
    if ((ways & 1) != 0) {
      world.network().cut(client.machine(), server.machine(), durationNs);
    }
    if ((ways & 2) != 0) {
      world.network().cut(server.machine(), client.machine(), durationNs);
    }
  }

  private interface OnTcp {
    void strike(Tcp tcp);
  }

  private void onConnection(OnTcp what) {
    hasLostServer = true; // a control link that is lost twice is taken for the server's end
    List<Tcp> established = world.network().established();
    List<Tcp> direct = new ArrayList<>(established);
    direct.removeIf(tcp -> tcp.servicePort() != Server.PORT);
    if (!direct.isEmpty() && world.chance(0.5)) { // few, and soon over
      established = direct;
    }
    if (!established.isEmpty()) {
      what.strike(established.get(world.random().nextInt(established.size())));
      lasting(1, 1);
    }
  }

  private Tcp end(Tcp client) {
    return world.chance(0.5) ? client : client.peer();
  }
}

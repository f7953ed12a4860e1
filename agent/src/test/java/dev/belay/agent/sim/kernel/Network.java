package dev.belay.agent.sim.kernel;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The ways between machines: how long a segment takes, and whether it arrives at all. Bytes of one
 * connection keep their order, those of different connections do not.
 */
public final class Network {
  private static final long LOCAL_NS = 20_000;

  private record Way(Machine from, Machine to) {}

  private final World world;
  private final Map<InetAddress, Machine> machines = new LinkedHashMap<>();
  private final Map<Way, Long> cutUntilNs = new LinkedHashMap<>();
  private final List<Tcp> connections = new ArrayList<>();
  private long baseNs = 100_000;
  private long slowUntilNs;
  private long slowNs;
  private int lossPort;
  private double lossChance;
  private Runnable onLoss = () -> {};

  Network(World world) {
    this.world = world;
  }

  void add(Machine machine) {
    machines.put(machine.address(), machine);
  }

  Machine machine(InetAddress address, Machine asker) {
    return address.isLoopbackAddress() ? asker : machines.get(address);
  }

  /** The usual time of a segment between two machines. */
  public void latency(long usualNs) {
    baseNs = usualNs;
  }

  /** For a while everything takes up to so much longer. */
  public void slow(long extraNs, long durationNs) {
    slowNs = extraNs;
    slowUntilNs = world.nowNs() + durationNs;
  }

  /** Nothing gets from one to the other for a while; what was sent arrives later. */
  public void cut(Machine from, Machine to, long durationNs) {
    cutUntilNs.put(new Way(from, to), world.nowNs() + durationNs);
  }

  public boolean isCut(Machine from, Machine to) {
    Long until = cutUntilNs.get(new Way(from, to));
    return !to.isUp() || (until != null && world.nowNs() < until);
  }

  public long delayNs(Machine from, Machine to) {
    if (from == to) {
      return world.between(LOCAL_NS / 4, LOCAL_NS);
    }
    long usual = world.between(baseNs / 2, baseNs * 2);
    boolean isSlow = world.nowNs() < slowUntilNs;
    return isSlow ? usual + world.between(0, slowNs) : usual;
  }

  /**
   * Some connections are established at their client's end only: the queue of the listener was full
   * when the last segment of the handshake came, and is never told again.
   *
   * @param port of the service, when it is reached from another machine
   * @param listener told of each
   */
  public void loseConnections(int port, double chance, Runnable listener) {
    lossPort = port;
    lossChance = chance;
    onLoss = listener;
  }

  boolean isLost(InetSocketAddress at) {
    boolean mayBe = at.getPort() == lossPort && !at.getAddress().isLoopbackAddress();
    boolean isLost = mayBe && world.chance(lossChance);
    if (isLost) {
      onLoss.run();
    }
    return isLost;
  }

  /** The connection that the peer of this one believes to have with it, or null. */
  Tcp former(Tcp opening) {
    for (Tcp tcp : connections) {
      if (tcp.isFormerOf(opening)) {
        return tcp;
      }
    }
    return null;
  }

  void opened(Tcp client) {
    connections.add(client);
  }

  /** Client ends of the connections between machines that are established and not over. */
  public List<Tcp> established() {
    connections.removeIf(Tcp::isDead);
    List<Tcp> found = new ArrayList<>();
    for (Tcp tcp : connections) {
      if (tcp.isEstablished() && tcp.machine() != tcp.peer().machine()) {
        found.add(tcp);
      }
    }
    return found;
  }
}

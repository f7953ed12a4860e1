package dev.belay.agent.sim.kernel;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * A machine with one kernel: its address, its listening ports, whether it has power. The JVMs on it
 * come and go.
 */
public final class Machine {
  private static final int FIRST_EPHEMERAL = 32768;

  private final World world;
  private final String name;
  private final InetAddress address;
  private final Map<Integer, Tcp> listening = new LinkedHashMap<>();
  private final Map<Integer, Tcp> bound = new LinkedHashMap<>();
  private IntConsumer onFreed = port -> {};
  private boolean isUp = true;
  private int boots = 1;
  private int ephemeral;

  public Machine(World world, String name, String address) {
    this.world = world;
    this.name = name;
    this.address = literal(address);
    this.ephemeral = FIRST_EPHEMERAL + world.random().nextInt(10_000);
    world.network().add(this);
  }

  static InetAddress literal(String address) {
    try {
      return InetAddress.getByName(address);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(address, e);
    }
  }

  public World world() {
    return world;
  }

  public String name() {
    return name;
  }

  public InetAddress address() {
    return address;
  }

  public boolean isUp() {
    return isUp;
  }

  /** Sockets of an earlier boot are unknown to this one. */
  int boots() {
    return boots;
  }

  /** Power fails: nothing answers any longer, and nobody is told. */
  public void powerOff() {
    isUp = false;
    listening.clear();
    bound.clear();
  }

  public void powerOn() {
    isUp = true;
    boots++;
  }

  /** Told of a port that somebody else may have from now on. */
  public void onFreed(IntConsumer listener) {
    onFreed = listener;
  }

  int nextPort() {
    do {
      ephemeral = ephemeral >= 60_000 ? FIRST_EPHEMERAL : ephemeral + 1;
    } while (bound.containsKey(ephemeral));
    return ephemeral;
  }

  /** Whether it was nobody's. */
  boolean takePort(int port, Tcp socket) {
    return bound.putIfAbsent(port, socket) == null;
  }

  void freePort(int port, Tcp socket) {
    if (bound.remove(port, socket)) {
      onFreed.accept(port);
    }
  }

  Tcp listener(int port) {
    return listening.get(port);
  }

  boolean listen(int port, Tcp socket) {
    return listening.putIfAbsent(port, socket) == null;
  }

  void unlisten(Tcp socket) {
    listening.values().remove(socket);
  }
}

package dev.belay.it.rig;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free ports on 127.0.0.1, below the ephemeral range.
 *
 * <p>A server that is killed and started again must get its old port back, so no outgoing
 * connection of the machine may sit on it meanwhile: that rules out ephemeral ports. None is given
 * twice in one JVM, and JVMs that run tests side by side share none. Safe for any thread.
 */
public final class Ports {
  private static final int LOWEST = 12_000;
  private static final int HIGHEST = 32_000;
  private static final int MAX_TRIES = 1_000;

  /** Tests run in two JVMs at the most: one takes the even ports, one the odd ones. */
  private static final int FORK = Integer.getInteger("belay.it.fork", 0) % 2;

  private static final Set<Integer> GIVEN = new HashSet<>();

  private Ports() {}

  /** A port that nobody listens on now. */
  public static synchronized int free() {
    for (int tries = 0; tries < MAX_TRIES; tries++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST / 2, HIGHEST / 2) * 2 + FORK;
      if (!GIVEN.contains(port) && isFree(port)) {
        GIVEN.add(port);
        return port;
      }
    }
    throw new IllegalStateException("no free port in " + MAX_TRIES + " tries");
  }

  /** 127.0.0.1 at a port. */
  public static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(address(1), port);
  }

  /** The address beside loopback, at the same port: there the breakers listen. */
  public static InetSocketAddress beside(int port) {
    return new InetSocketAddress(address(2), port);
  }

  private static InetAddress address(int last) {
    try {
      return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket probe = new ServerSocket();
        ServerSocket probeBeside = new ServerSocket()) {
      probe.bind(loopback(port));
      probeBeside.bind(beside(port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}

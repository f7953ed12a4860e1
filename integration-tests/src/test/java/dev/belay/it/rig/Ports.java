package dev.belay.it.rig;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free ports on 127.0.0.1, below the ephemeral range.
 *
 * <p>A server that is killed and started again must get its old port back, so no outgoing
 * connection of the machine may sit on it meanwhile: that rules out ephemeral ports. Nor may
 * anybody else choose it while nobody listens there: each port is claimed by a socket bound to the
 * same number at 127.0.0.3, for as long as this JVM lives, and the sample applications claim theirs
 * in the same way. Only each fourth number is given, as a member of a cluster whose port is taken
 * for a moment goes on to the next ones. Safe for any thread.
 */
public final class Ports {
  /** The numbers below are left to who must have some that nobody listens on. */
  public static final int LOWEST = 20_000;

  private static final int HIGHEST = 32_000;
  private static final int STEP = 4;
  private static final int MAX_TRIES = 1_000;

  /** Never closed: the kernel ends the claims with this JVM. */
  private static final List<Socket> CLAIMS = new ArrayList<>();

  private Ports() {}

  /** A port that nobody listens on, and that nobody else is given. */
  public static synchronized int free() {
    for (int tries = 0; tries < MAX_TRIES; tries++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST / STEP, HIGHEST / STEP) * STEP;
      if (isClaimed(port) && isFree(port)) {
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

  /** Whether the claim is ours now; the kernel gives it to one process only. */
  private static boolean isClaimed(int port) {
    Socket claim = new Socket();
    try {
      claim.bind(new InetSocketAddress(address(3), port));
      CLAIMS.add(claim);
      return true;
    } catch (IOException e) {
      return false; // the socket that could not be bound holds nothing
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

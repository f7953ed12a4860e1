package dev.belay.samples.launch;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The two ports of one server: the application's own and the agent's door. Both stay the same over
 * restarts, and no other launcher on the machine is given them while this one lives: each pair is
 * claimed by a socket bound to its first number at 127.0.0.3.
 */
public record Ports(int service, int door) {

  /** Below the range from which the kernel takes the ports of outgoing connections. */
  private static final int FIRST = 20_000;

  private static final int END = 32_000;

  /** Only each fourth number begins a pair, as who claims single ports does it by fours. */
  private static final int STEP = 4;

  private static final int MAX_TRIES = 1000;

  /** Never closed: the kernel ends the claims with this JVM. */
  private static final List<Socket> CLAIMS = new ArrayList<>();

  /** Two neighbouring ports that nobody listens on, and that nobody else is given. */
  public static synchronized Ports free() throws IOException {
    for (int i = 0; i < MAX_TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST / STEP, END / STEP) * STEP;
      if (isClaimed(port) && isFree(port) && isFree(port + 1)) {
        return new Ports(port, port + 1);
      }
    }
    throw new IOException("no free ports between " + FIRST + " and " + END);
  }

  /** The server in the form of the setting {@code belay.connect}. */
  public String target() {
    return "127.0.0.1:" + service + "@" + door;
  }

  private static boolean isClaimed(int port) {
    Socket claim = new Socket();
    try {
      InetAddress besideServers = InetAddress.getByAddress(new byte[] {127, 0, 0, 3});
      claim.bind(new InetSocketAddress(besideServers, port));
      CLAIMS.add(claim);
      return true;
    } catch (IOException e) {
      return false; // the socket that could not be bound holds nothing
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return probe.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}

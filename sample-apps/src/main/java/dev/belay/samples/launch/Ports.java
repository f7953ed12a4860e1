package dev.belay.samples.launch;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The two ports of one server: the application's own and the agent's door. Both stay the same over
 * restarts.
 */
public record Ports(int service, int door) {

  /** Below the range from which the kernel takes the ports of outgoing connections. */
  private static final int FIRST = 20_000;

  private static final int END = 32_000;
  private static final int MAX_TRIES = 1000;

  /** Two neighbouring ports that nobody listens on. */
  public static Ports free() throws IOException {
    for (int i = 0; i < MAX_TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, END) & ~1;
      if (isFree(port) && isFree(port + 1)) {
        return new Ports(port, port + 1);
      }
    }
    throw new IOException("no free ports between " + FIRST + " and " + END);
  }

  /** The server in the form of the setting {@code belay.connect}. */
  public String target() {
    return "127.0.0.1:" + service + "@" + door;
  }

  private static boolean isFree(int port) {
    try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return probe.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}

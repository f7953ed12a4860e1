package dev.belay.benchmarks.traffic;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Does nothing, or (argument: a port) opens a listening socket and does not wait for anybody. */
public final class Trivial {
  private Trivial() {}

  /** Ends at once. */
  public static void main(String[] args) throws IOException {
    if (args.length > 0) {
      int port = Integer.parseInt(args[0]);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
        socket.setReuseAddress(true);
      }
    }
  }
}

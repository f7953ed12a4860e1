package dev.belay.it.programs;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Listens, and accepts nothing before standard input ends: {@code port=N}. */
public final class ListenOnlyServer {
  private ListenOnlyServer() {}

  /** Returns at the end of standard input. */
  public static void main(String[] args) throws IOException {
    Options options = Options.of(args);
    try (ServerSocket listener = new ServerSocket()) {
      listener.bind(new InetSocketAddress("127.0.0.1", options.number("port")));
      Connections.ready(listener.getLocalSocketAddress());
      while (System.in.read() >= 0) {
        continue; // whatever it is told
      }
    }
  }
}

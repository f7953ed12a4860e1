package dev.belay.it.programs;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Locale;

/** The ways in which a JDK server does its input and output. */
public enum ServerKind {
  /** A thread for each connection, {@code java.net}. */
  BLOCKING,
  /** The same on virtual threads; JDK 21 and newer. */
  VIRTUAL,
  /** One thread, one selector, non-blocking channels. */
  SELECTOR,
  /** {@code AsynchronousServerSocketChannel} with completion handlers. */
  ASYNCHRONOUS;

  /** Binds, prints {@code READY port}, serves until the process ends. */
  void serve(InetSocketAddress address, Handler.Factory factory) throws IOException {
    Connections connections = new Connections(factory);
    connections.listenToStdin();
    switch (this) {
      case BLOCKING -> new BlockingServer(Threads.PLATFORM, connections).serve(address);
      case VIRTUAL -> new BlockingServer(Threads.VIRTUAL, connections).serve(address);
      case SELECTOR -> new SelectorServer(connections).serve(address);
      case ASYNCHRONOUS -> new AsynchronousServer(connections).serve(address);
    }
  }

  static ServerKind of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** As it is given on a command line. */
  public String argument() {
    return name().toLowerCase(Locale.ROOT);
  }
}

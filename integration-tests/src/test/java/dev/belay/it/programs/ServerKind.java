package dev.belay.it.programs;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Locale;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLServerSocketFactory;

/** The ways in which a JDK server does its input and output. */
public enum ServerKind {
  /** A thread for each connection, {@code java.net}. */
  BLOCKING,
  /** The same on virtual threads; JDK 21 and newer. */
  VIRTUAL,
  /** A thread for each connection, {@code SSLSocket}; the key store is the JVM's default. */
  TLS,
  /** One thread, one selector, non-blocking channels. */
  SELECTOR,
  /** {@code AsynchronousServerSocketChannel} with completion handlers. */
  ASYNCHRONOUS;

  /** Binds, prints {@code READY port}, serves until the process ends. */
  void serve(InetSocketAddress address, Handler.Factory factory) throws IOException {
    Connections connections = new Connections(factory);
    connections.listenToStdin();
    ServerSocketFactory plain = ServerSocketFactory.getDefault();
    ServerSocketFactory tls = SSLServerSocketFactory.getDefault();
    switch (this) {
      case BLOCKING -> new BlockingServer(plain, Threads.PLATFORM, connections).serve(address);
      case VIRTUAL -> new BlockingServer(plain, Threads.VIRTUAL, connections).serve(address);
      case TLS -> new BlockingServer(tls, Threads.PLATFORM, connections).serve(address);
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

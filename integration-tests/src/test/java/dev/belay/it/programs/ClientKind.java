package dev.belay.it.programs;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;

/** The ways in which a JDK client does its input and output. */
public enum ClientKind {
  /** Two threads for each connection, {@code java.net}. */
  BLOCKING,
  /** The same on virtual threads; JDK 21 and newer. */
  VIRTUAL,
  /** Two threads for each connection, {@code SSLSocket}; the trust store is the JVM's default. */
  TLS,
  /** One thread, one selector, non-blocking channels. */
  SELECTOR,
  /** {@code AsynchronousSocketChannel} with completion handlers. */
  ASYNCHRONOUS;

  /** Begins all conversations, each on a connection of its own; returns at once. */
  void begin(List<Conversation> conversations) throws IOException {
    SocketFactory plain = SocketFactory.getDefault();
    SocketFactory tls = SSLSocketFactory.getDefault();
    switch (this) {
      case BLOCKING -> BlockingClient.begin(conversations, plain, Threads.PLATFORM);
      case VIRTUAL -> BlockingClient.begin(conversations, plain, Threads.VIRTUAL);
      case TLS -> BlockingClient.begin(conversations, tls, Threads.PLATFORM);
      case SELECTOR -> SelectorClient.begin(conversations);
      case ASYNCHRONOUS -> AsynchronousClient.begin(conversations);
    }
  }

  static ClientKind of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** As it is given on a command line. */
  public String argument() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package dev.belay.samples.program;

import java.net.InetSocketAddress;

/** Where a server listens or a client connects, from {@code --host} and {@code --port}. */
public record Endpoint(String host, int port) {

  /** The one line each server prints when it is ready begins with this. */
  public static final String LISTENING = "listening on ";

  private static final int MAX_PORT = 65_535;

  /**
   * Reads {@code --host} (127.0.0.1 by default) and {@code --port}; port 0 lets a server take any
   * free one.
   */
  public static Endpoint from(Arguments arguments, int defaultPort) {
    return new Endpoint(
        arguments.text("host", "127.0.0.1"), arguments.number("port", defaultPort, 0, MAX_PORT));
  }

  /** Any free port of the loopback address. */
  public static Endpoint anyLocal() {
    return new Endpoint("127.0.0.1", 0);
  }

  /** The same host with the port that the server really got. */
  public Endpoint withPort(int actualPort) {
    return new Endpoint(host, actualPort);
  }

  /** The address in the JDK's form. */
  public InetSocketAddress address() {
    return new InetSocketAddress(host, port);
  }

  /** The line by which a server says that it is ready. */
  public String listeningLine() {
    return LISTENING + host + ":" + port;
  }
}

package dev.belay.it.programs;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Ends connections to a {@link GreetingServer} in three ways: {@code connect=host:port}.
 *
 * <p>Each sends its way's name first, so that the server can tell them by length: {@code reset}
 * closes with SO_LINGER 0, {@code close} just closes, {@code open} is left open when the process
 * leaves by System.exit. Prints {@code READY}, waits for a line on standard input, ends them all.
 */
public final class EndingClient {
  private EndingClient() {}

  /** Connects, waits, ends. */
  public static void main(String[] args) throws IOException {
    InetSocketAddress server = Load.of(Options.of(args)).server();
    Socket reset = connect(server, "abort");
    Socket close = connect(server, "closed");
    connect(server, "left open");
    System.out.println("READY");
    System.in.read();
    reset.setSoLinger(true, 0);
    reset.close();
    close.close();
    System.exit(0);
  }

  private static Socket connect(InetSocketAddress server, String way) throws IOException {
    Socket socket = new Socket(server.getAddress(), server.getPort());
    int greetingBytes = 0;
    for (int c = socket.getInputStream().read(); c != '\n'; c = socket.getInputStream().read()) {
      greetingBytes++;
    }
    socket.getOutputStream().write(way.getBytes(StandardCharsets.US_ASCII));
    socket.getInputStream().readNBytes(way.length());
    System.out.println("MET " + way + " greeted=" + greetingBytes);
    return socket;
  }
}

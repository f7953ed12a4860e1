package dev.belay.it.attach;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * Sends back what it reads, a thread for each connection; for a test's child JVM.
 *
 * <p>Arguments: the port on 127.0.0.1. Prints {@code listening}, and {@code accepted N} for each
 * connection.
 */
public final class EchoServer {
  private static final int BACKLOG = 512;

  private EchoServer() {}

  /** Serves until the JVM is killed. */
  public static void main(String[] args) throws IOException {
    InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    try (ServerSocket listener = new ServerSocket()) {
      listener.bind(new InetSocketAddress(loopback, Integer.parseInt(args[0])), BACKLOG);
      System.out.println("listening");
      for (int number = 1; !listener.isClosed(); number++) {
        Socket socket = listener.accept();
        System.out.println("accepted " + number);
        new Thread(() -> echo(socket), "echo-" + number).start();
      }
    }
  }

  private static void echo(Socket socket) {
    try (socket) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    } catch (IOException e) {
      System.out.println("ended by " + e);
    }
  }
}

package dev.belay.it.programs;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Accepts one connection, sends back what it reads until its end, and returns: {@code port=}. */
public final class OnceServer {
  private OnceServer() {}

  /** Returns when the one connection has ended; whatever runs then keeps the JVM alive. */
  public static void main(String[] args) throws IOException {
    int port = Options.of(args).number("port");
    try (ServerSocket listener = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      System.out.println("READY " + port);
      try (Socket socket = listener.accept()) {
        InputStream in = socket.getInputStream();
        System.out.println("ENDED " + in.transferTo(socket.getOutputStream()));
      }
    }
  }
}

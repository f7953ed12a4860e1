package dev.belay.it.programs;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ThreadFactory;
import javax.net.ServerSocketFactory;

/** A thread for each connection, {@code java.net} sockets. */
final class BlockingServer {
  private static final int BACKLOG = 512;
  private static final int BUFFER_BYTES = 16 << 10;

  private final ServerSocketFactory sockets;
  private final ThreadFactory threads;
  private final Connections connections;

  BlockingServer(ServerSocketFactory sockets, Threads threads, Connections connections) {
    this.sockets = sockets;
    this.threads = threads.factory();
    this.connections = connections;
  }

  void serve(InetSocketAddress address) throws IOException {
    try (ServerSocket listener = sockets.createServerSocket()) {
      listener.bind(address, BACKLOG);
      Connections.ready(listener.getLocalSocketAddress());
      while (!listener.isClosed()) {
        Socket socket = listener.accept();
        threads.newThread(() -> handle(socket)).start();
      }
    }
  }

  private void handle(Socket socket) {
    connections.keep(socket);
    Handler handler = connections.accepted(socket.getRemoteSocketAddress());
    String cause = "eof";
    try (socket) {
      converse(handler, socket.getInputStream(), socket.getOutputStream());
    } catch (IOException | RuntimeException e) {
      cause = e.toString();
    } finally {
      connections.ended(handler, cause);
    }
  }

  private static void converse(Handler handler, InputStream in, OutputStream out)
      throws IOException {
    byte[] greeting = handler.greeting();
    if (greeting.length > 0) {
      out.write(greeting);
    }
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      out.write(handler.take(buffer, 0, n));
    }
  }
}

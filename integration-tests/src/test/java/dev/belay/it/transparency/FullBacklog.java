package dev.belay.it.transparency;

import dev.belay.it.rig.Ports;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** A listener that accepts nothing and whose backlog is full: to connect to it takes for ever. */
final class FullBacklog implements AutoCloseable {
  private static final int MAX_CONNECTIONS = 8;
  private static final int CONNECT_TIMEOUT_MS = 100;

  private final ServerSocket listener = new ServerSocket();
  private final List<Socket> waiting = new ArrayList<>();

  FullBacklog(int port) throws IOException {
    InetSocketAddress address = Ports.loopback(port);
    listener.bind(address, 1);
    while (waiting.size() < MAX_CONNECTIONS && isTaken(address)) {
      // One more fits.
    }
  }

  private boolean isTaken(InetSocketAddress address) throws IOException {
    Socket socket = new Socket();
    waiting.add(socket);
    try {
      socket.connect(address, CONNECT_TIMEOUT_MS);
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    for (Socket socket : waiting) {
      socket.close();
    }
    listener.close();
  }
}

package dev.belay.samples.program;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A plain blocking server: one thread accepts, one thread per connection runs the conversation and
 * closes the socket at its end. Connections share nothing. The accepting thread keeps the JVM alive
 * until {@link #close()}.
 */
public final class ThreadedServer implements AutoCloseable {

  /** Connections that may wait for accept; more are refused by the kernel. */
  private static final int BACKLOG = 1024;

  private final Endpoint endpoint;
  private final ServerSocket listener;
  private final Conversation conversation;
  private final Thread accepting;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private ThreadedServer(Endpoint requested, Conversation conversation) throws IOException {
    this.listener = new ServerSocket();
    this.listener.bind(requested.address(), BACKLOG);
    this.endpoint = requested.withPort(listener.getLocalPort());
    this.conversation = conversation;
    this.accepting = new Thread(this::acceptAll, "accept-" + endpoint.port());
  }

  /** Binds and starts to accept. */
  public static ThreadedServer start(Endpoint requested, Conversation conversation)
      throws IOException {
    ThreadedServer server = new ThreadedServer(requested, conversation);
    server.accepting.start();
    return server;
  }

  /** Where the server listens, with its real port. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /**
   * Closes the listening socket and every open connection. A thread that is still on its way out of
   * accept could take one more: it is waited for.
   */
  @Override
  public void close() throws IOException {
    listener.close();
    try {
      accepting.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (Socket socket : open) {
      socket.close();
    }
  }

  private void acceptAll() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        new Thread(() -> converse(socket), "connection").start();
      } catch (IOException e) {
        if (!listener.isClosed()) {
          System.err.println("accept failed: " + e);
        }
      }
    }
  }

  private void converse(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      conversation.converse(socket);
    } catch (IOException e) {
      if (!listener.isClosed()) {
        System.err.println("connection ended: " + e);
      }
    } finally {
      open.remove(socket);
    }
  }

  /** What a server does with one connection. */
  @FunctionalInterface
  public interface Conversation {

    /** Runs one connection to its end; what it writes must be a function of what it reads. */
    void converse(Socket socket) throws IOException;
  }
}

package dev.belay.samples.telemetry;

import dev.belay.samples.program.Arguments;
import dev.belay.samples.program.Endpoint;
import dev.belay.samples.program.ServerProgram;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * Selector server: one thread for all connections. It keeps the JVM alive until {@link #close()}.
 */
public final class TelemetryServer implements AutoCloseable {

  /** Port of server and client unless {@code --port} says otherwise. */
  static final int DEFAULT_PORT = 7003;

  private static final String USAGE = "usage: TelemetryServer [--host 127.0.0.1] [--port 7003]";
  private static final int BACKLOG = 1024;

  private final Selector selector = Selector.open();
  private final ServerSocketChannel listener = ServerSocketChannel.open();
  private final Endpoint endpoint;

  private TelemetryServer(Endpoint requested) throws IOException {
    listener.bind(requested.address(), BACKLOG);
    listener.configureBlocking(false);
    listener.register(selector, SelectionKey.OP_ACCEPT);
    endpoint = requested.withPort(listener.socket().getLocalPort());
  }

  /** Starts the server by hand. */
  public static void main(String[] args) {
    new ServerProgram(USAGE, TelemetryServer::start).runOrExit(args);
  }

  private static Endpoint start(Arguments arguments) throws IOException {
    Endpoint requested = Endpoint.from(arguments, DEFAULT_PORT);
    arguments.rejectUnread();
    return start(requested).endpoint();
  }

  /** Starts a server inside this JVM. */
  public static TelemetryServer start(Endpoint requested) throws IOException {
    TelemetryServer server = new TelemetryServer(requested);
    new Thread(server::run, "telemetry-" + server.endpoint.port()).start();
    return server;
  }

  /** Where the server listens, with its real port. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** Ends the thread, which closes everything. */
  @Override
  public void close() throws IOException {
    selector.close();
  }

  private void run() {
    try (listener) {
      while (selector.isOpen()) {
        selector.select(this::serve);
      }
    } catch (ClosedSelectorException e) {
      // close() was called while a round was under way
    } catch (IOException e) {
      System.err.println("server ended: " + e);
    }
  }

  private void serve(SelectionKey key) {
    try {
      if (key.isAcceptable()) {
        accept();
      } else {
        ((SampleReceiver) key.attachment()).advance(key);
      }
    } catch (IOException e) {
      System.err.println("connection ended: " + e);
      abandon(key);
    }
  }

  private void accept() throws IOException {
    SocketChannel channel = listener.accept();
    if (channel != null) {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.register(selector, SelectionKey.OP_READ, new SampleReceiver(channel));
    }
  }

  private void abandon(SelectionKey key) {
    try {
      key.cancel();
      if (key.channel() != listener) {
        key.channel().close();
      }
    } catch (IOException e) {
      System.err.println("close failed: " + e);
    }
  }
}

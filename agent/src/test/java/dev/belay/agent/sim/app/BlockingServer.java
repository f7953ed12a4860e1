package dev.belay.agent.sim.app;

import dev.belay.agent.sim.kernel.AppThread;
import dev.belay.agent.sim.kernel.Jvm;
import dev.belay.agent.sim.kernel.Memory;
import dev.belay.agent.sim.kernel.OpenFile;
import dev.belay.agent.sim.kernel.WovenSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A server with one thread for each connection, which reads, thinks and writes. */
public final class BlockingServer {
  private static final long MOST_SLOW_NS = 700_000_000;

  private final Jvm jvm;
  private final Scripts scripts;
  private final boolean isTimed;
  private final double slowness;
  private final Set<Connection> connections = new LinkedHashSet<>();
  private WovenSocket listener;
  private boolean isStopped;

  /**
   * @param isTimed whether the connections have a read time-out, and so a non-blocking descriptor
   * @param slowness how often it takes its time between two accepts
   */
  public BlockingServer(Jvm jvm, Scripts scripts, boolean isTimed, double slowness) {
    this.slowness = slowness;
    this.jvm = jvm;
    this.scripts = scripts;
    this.isTimed = isTimed;
  }

  public void start(int port) throws IOException {
    listener = WovenSocket.open(jvm);
    AppThread thread = new AppThread(jvm, "accept");
    listener.listen(port, 50, !isTimed);
    thread.start(() -> accept(thread));
  }

  private void accept(AppThread thread) throws IOException {
    if (isStopped) {
      thread.end();
      return;
    }
    InetSocketAddress[] from = new InetSocketAddress[1];
    WovenSocket accepted = listener.accept(from);
    if (accepted == null) {
      listener.poll(thread, OpenFile.IN, () -> accept(thread));
      return;
    }
    new Connection(accepted, from[0]).start();
    if (thread.world().chance(slowness)) { // connections wait in the backlog
      thread.later(thread.world().between(0, MOST_SLOW_NS), () -> accept(thread));
    } else {
      thread.then(() -> accept(thread));
    }
  }

  /** The application's own shutdown hook: it stops, and closes what no thread is using. */
  public void stop() throws IOException {
    isStopped = true;
    for (Connection connection : List.copyOf(connections)) {
      connection.closeIfIdle();
    }
  }

  private final class Connection {
    private final WovenSocket socket;
    private final AppThread thread = new AppThread(jvm, "handler");
    private final ByteBuffer buffer = Memory.lend();
    private final Handler handler;

    Connection(WovenSocket socket, InetSocketAddress from) {
      this.socket = socket;
      this.handler = new Handler(thread, scripts, from, socket);
      connections.add(this);
    }

    void start() throws IOException {
      if (isTimed) {
        socket.configureBlocking(false);
      }
      thread.start(this::write);
    }

    /** Threads of this server are always in a call; so nothing is closed under them. */
    void closeIfIdle() {}

    private void read() throws IOException {
      buffer.clear().limit((int) thread.world().between(1, 2048));
      socket.read(
          thread,
          buffer,
          (n, failure) -> {
            if (failure != null) {
              close();
            } else if (n == WovenSocket.EOF) {
              handler.end();
              thread.then(this::write);
            } else {
              handler.read(buffer.flip());
              thread.then(this::write);
            }
          });
    }

    private void write() throws IOException {
      if (handler.isDone()) {
        close();
        return;
      }
      byte[] pending = handler.pending();
      if (pending.length == 0) {
        read();
        return;
      }
      int n = Math.min(pending.length, Memory.BUFFER_BYTES);
      buffer.clear().put(pending, 0, n).flip();
      socket.write(
          thread,
          buffer,
          (written, failure) -> {
            if (failure != null) {
              close();
            } else {
              handler.written(written);
              thread.then(this::write);
            }
          });
    }

    private void close() throws IOException {
      connections.remove(this);
      try {
        socket.beginClose();
      } catch (IOException e) {
        thread.world().trace(jvm.name(), "shutdown of a lost connection", 0, 0);
      }
      thread.then(this::endClose);
    }

    private void endClose() throws IOException {
      socket.close();
      Memory.giveBack(buffer);
      thread.end();
    }
  }
}

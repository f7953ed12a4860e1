package dev.belay.agent.sim.app;

import dev.belay.agent.sim.kernel.AppThread;
import dev.belay.agent.sim.kernel.Epoll;
import dev.belay.agent.sim.kernel.Jvm;
import dev.belay.agent.sim.kernel.Memory;
import dev.belay.agent.sim.kernel.OpenFile;
import dev.belay.agent.sim.kernel.Selector;
import dev.belay.agent.sim.kernel.WovenSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A server with one thread that selects among all its connections. */
public final class SelectorServer {
  private final Jvm jvm;
  private final Scripts scripts;
  private final AppThread thread;
  private final Map<Integer, Connection> connections = new LinkedHashMap<>();
  private final List<Connection> closing = new ArrayList<>();
  private final ByteBuffer buffer = Memory.lend();
  private Selector selector;
  private WovenSocket listener;

  public SelectorServer(Jvm jvm, Scripts scripts) {
    this.jvm = jvm;
    this.scripts = scripts;
    this.thread = new AppThread(jvm, "selector");
  }

  public void start(int port) throws IOException {
    selector = new Selector(jvm);
    listener = WovenSocket.open(jvm);
    listener.listen(port, 50, false);
    listener.register(selector, OpenFile.IN, true);
    thread.start(this::select);
  }

  private void select() throws IOException {
    for (Connection connection : closing) {
      connection.socket.deregister(selector);
      connection.socket.close();
    }
    closing.clear();
    selector.select(thread, ready -> serve(new ArrayDeque<>(ready)));
  }

  private void serve(ArrayDeque<Epoll.Ready> ready) throws IOException {
    Epoll.Ready first = ready.poll();
    if (first == null) {
      select();
      return;
    }
    AppThread.Step next = () -> serve(ready);
    Connection connection = connections.get(first.number());
    if (first.number() == listener.number()) {
      accept();
      thread.then(next);
    } else if (connection != null) {
      connection.work(next);
    } else {
      thread.then(next);
    }
  }

  private void accept() throws IOException {
    InetSocketAddress[] from = new InetSocketAddress[1];
    WovenSocket accepted = listener.accept(from);
    if (accepted != null) {
      accepted.configureBlocking(false);
      Connection connection =
          new Connection(accepted, new Handler(thread, scripts, from[0], accepted));
      connections.put(accepted.number(), connection);
      connection.interest(true);
    }
  }

  /** The application's own shutdown hook closes all connections. */
  public void stop() throws IOException {
    for (Connection connection : List.copyOf(connections.values())) {
      connection.close();
    }
  }

  private final class Connection {
    private final WovenSocket socket;
    private final Handler handler;
    private boolean isInCall;

    Connection(WovenSocket socket, Handler handler) {
      this.socket = socket;
      this.handler = handler;
    }

    void interest(boolean isNew) {
      int events = handler.pending().length > 0 ? OpenFile.OUT : 0;
      socket.register(selector, handler.isFull() ? events : events | OpenFile.IN, isNew);
    }

    void work(AppThread.Step next) throws IOException {
      if (handler.pending().length > 0) {
        write(next);
      } else {
        read(next);
      }
    }

    private void read(AppThread.Step next) throws IOException {
      buffer.clear().limit((int) thread.world().between(1, 4096));
      isInCall = true;
      socket.tryRead(
          thread,
          buffer,
          (n, failure) -> {
            isInCall = false;
            if (failure != null) {
              close();
            } else if (n == WovenSocket.EOF) {
              handler.end();
            } else if (n > 0) {
              handler.read(buffer.flip());
            }
            settle(next);
          });
    }

    private void write(AppThread.Step next) throws IOException {
      byte[] pending = handler.pending();
      int n = Math.min(pending.length, Memory.BUFFER_BYTES);
      buffer.clear().put(pending, 0, n).flip();
      isInCall = true;
      socket.tryWrite(
          thread,
          buffer,
          (written, failure) -> {
            isInCall = false;
            if (failure != null) {
              close();
            } else if (written > 0) {
              handler.written(written);
            }
            boolean mayRead = !handler.isFull() && written > 0;
            if (connections.containsValue(this) && mayRead && thread.world().chance(0.5)) {
              read(next);
            } else {
              settle(next);
            }
          });
    }

    private void settle(AppThread.Step next) throws IOException {
      if (connections.containsValue(this)) {
        if (handler.isDone()) {
          close();
        } else {
          interest(false);
        }
      }
      thread.then(next);
    }

    /** As a channel that is registered: the end of the output now, the rest with the selector. */
    void close() throws IOException {
      if (isInCall) {
        return; // closed by the shutdown while its thread is in a call: left to the kernel
      }
      connections.remove(socket.number());
      try {
        socket.beginClose();
      } catch (IOException e) {
        thread.world().trace(jvm.name(), "shutdown of a lost connection", 0, 0);
      }
      closing.add(this);
    }
  }
}

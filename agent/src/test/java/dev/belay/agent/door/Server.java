package dev.belay.agent.door;

import dev.belay.agent.cluster.Cluster;
import dev.belay.agent.config.Settings;
import dev.belay.agent.control.Endpoint;
import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.report.Metrics;
import dev.belay.agent.report.SessionView;
import dev.belay.agent.session.MemoryBudget;
import dev.belay.agent.session.NativeStream;
import dev.belay.agent.session.Session;
import dev.belay.replicator.log.SessionId;
import java.io.FileDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import sun.nio.ch.BelayNative;
import sun.nio.ch.BelaySeam;

/**
 * A door with one service behind it, whose application accepts and does nothing more. It goes with
 * the JVM.
 */
final class Server {
  private static final int BACKLOG = 16;
  private static final long BUDGET_BYTES = 1 << 20;
  private static final long ACK_MS = 20;
  private static final Duration LOOK = Duration.ofMillis(5);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Metrics metrics = new Metrics();
  private final FileDescriptor listener = BelayNative.socket();

  /** A descriptor that nobody holds any longer is closed. */
  private final List<FileDescriptor> accepted = new CopyOnWriteArrayList<>();

  private final EventLoop loop = new EventLoop("door-test");
  private final ServerSide side;
  private final int door;
  private final int port;

  /** The loop's. */
  private boolean isTicking = true;

  Server(String... assignments) throws IOException {
    this(null, assignments);
  }

  /**
   * @param cluster or null for none
   */
  Server(Cluster.Starter cluster, String... assignments) throws IOException {
    this(true, cluster, assignments);
  }

  /** Whose application listens, and is busy with something else. */
  static Server thatDoesNotAccept(String... assignments) throws IOException {
    return new Server(false, null, assignments);
  }

  private Server(boolean accepts, Cluster.Starter cluster, String... assignments)
      throws IOException {
    door = freePort();
    Properties properties = new Properties();
    properties.setProperty("belay.door", "127.0.0.1:" + door);
    for (String assignment : assignments) {
      String[] parts = assignment.split("=", 2);
      properties.setProperty(parts[0], parts[1]);
    }
    side =
        new ServerSide(
            loop,
            Settings.load(null, Map.of(), properties).settings(),
            metrics,
            new Session.Environment(
                new NoMemory(), new MemoryBudget(BUDGET_BYTES), BUDGET_BYTES, () -> {}),
            cluster,
            () -> {});
    loop.start();
    loop.execute(this::acknowledge);
    BelayNative.bind(listener, InetAddress.getLoopbackAddress(), 0);
    port = BelayNative.localAddress(listener).getPort();
    side.beforeListen(listener);
    BelayNative.listen(listener, BACKLOG);
    side.listening(listener);
    if (accepts) {
      beginAccepting();
    }
  }

  /** Of one that did not accept. */
  void beginAccepting() {
    Thread accepting = new Thread(this::accept, "door-test-accept");
    accepting.setDaemon(true);
    accepting.start();
  }

  /** The application is not there for anybody any more. */
  void closeListener() throws IOException {
    side.closing(listener);
    BelayNative.close(listener);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private void acknowledge() {
    if (isTicking) {
      side.acknowledge(true);
      loop.after(ACK_MS, this::acknowledge);
    }
  }

  /** In a turn of its own loop. */
  void run(Runnable task) {
    loop.execute(task);
  }

  /** From now on clients hear only what does not wait for a tick. */
  void endTicks() {
    AtomicBoolean isEnded = new AtomicBoolean();
    loop.execute(
        () -> {
          isTicking = false;
          isEnded.set(true);
        });
    await(isEnded::get);
  }

  private void accept() {
    try {
      while (true) {
        InetSocketAddress[] from = new InetSocketAddress[1];
        FileDescriptor fd = BelayNative.accept(listener, from);
        accepted.add(fd);
        side.accepted(listener, fd, from[0]);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The application closes the connection that it has. */
  void closeConnection() throws IOException {
    FileDescriptor fd = accepted.get(0);
    BelaySeam.released(fd);
    BelayNative.close(fd);
  }

  /** As the beat at that time does. */
  void judge(long nowNs) {
    loop.execute(() -> side.judge(nowNs, 0));
  }

  void drain() {
    side.drain();
  }

  /** As a JVM that shuts down does; returns what is left then. */
  List<String> leave() {
    side.leave();
    return sessions();
  }

  String drained() {
    return side.drained();
  }

  int door() {
    return door;
  }

  /** What a client calls the service. */
  String service() {
    return String.valueOf(port);
  }

  Metrics metrics() {
    return metrics;
  }

  long refusals(String reason) {
    return metrics.refusalsByReason().getOrDefault(reason, 0L);
  }

  /** Waits until these are all its sessions, each as "state epoch". */
  void awaitSessions(String... expected) {
    await(() -> sessions().equals(List.of(expected)));
  }

  /** Waits for a state that it comes to by itself. */
  static void await(Callable<Boolean> state) {
    Awaitility.await().pollInterval(LOOK).atMost(PATIENCE).until(state);
  }

  ServerSession session(SessionId id) {
    for (Endpoint end : side.sessions()) {
      if (end.session().id().equals(id)) {
        return (ServerSession) end;
      }
    }
    throw new AssertionError("no session " + id);
  }

  /** Each as "state epoch". */
  List<String> sessions() {
    List<String> sessions = new ArrayList<>();
    for (Endpoint end : side.sessions()) {
      SessionView session = end.view();
      sessions.add(session.state() + " " + session.epoch());
    }
    return sessions;
  }

  /** The application reads and writes nothing. */
  private static final class NoMemory implements NativeStream {
    @Override
    public void copy(long address, byte[] target, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void copyOut(byte[] source, int offset, long address, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int checksum(int register, long address, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long vectorBase(long vectors, int index) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int vectorLength(long vectors, int index) {
      throw new UnsupportedOperationException();
    }
  }
}

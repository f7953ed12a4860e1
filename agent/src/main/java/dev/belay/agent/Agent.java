package dev.belay.agent;

import dev.belay.agent.cluster.Cluster;
import dev.belay.agent.cluster.EmbeddedMember;
import dev.belay.agent.config.Settings;
import dev.belay.agent.control.Side;
import dev.belay.agent.door.ServerSide;
import dev.belay.agent.launch.Launcher;
import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.report.AgentLog;
import dev.belay.agent.report.JmxReport;
import dev.belay.agent.report.Metrics;
import dev.belay.agent.report.SessionView;
import dev.belay.agent.session.MemoryBudget;
import dev.belay.agent.session.NativeStream;
import dev.belay.agent.session.Session;
import dev.belay.agent.takeover.ClientSide;
import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import sun.nio.ch.BelayEvents;
import sun.nio.ch.BelayNative;
import sun.nio.ch.BelaySeam;

/**
 * The agent of one JVM: joins seam, client side and server side on one event loop. Nothing but
 * fields is made before the first protected connect or listen.
 *
 * <p>Invariant: once {@link #standAside} was called no new session begins. Any thread.
 */
final class Agent implements BelayEvents, Consumer<String> {
  private static final long ACK_MS = 50;

  /** Each so many ticks peers are told of few bytes, too. */
  private static final int FEW_ACKS = 5;

  private static final long TRIM_MS = 1000;
  private static final long DRAINED_MS = 250;

  /** The JDK's management classes cost far more than a session; not while one is opening. */
  private static final long JMX_DELAY_MS = 2000;

  /** The application's start comes first. */
  private static final long READY_DELAY_MS = 500;

  private final Settings settings;
  private final Instrumentation instrumentation;
  private volatile boolean isAside;
  private volatile Running running;
  private final ReentrantLock making = new ReentrantLock();

  Agent(Settings settings, Instrumentation instrumentation) {
    this.settings = settings;
    this.instrumentation = instrumentation;
  }

  /**
   * @param isLate the application has been running
   */
  void start(boolean isLate) {
    BelaySeam.install(this, isLate);
  }

  /** A class of this JDK is not as expected. */
  @Override
  public void accept(String reason) {
    if (!isAside) {
      isAside = true;
      AgentLog.error("this JVM cannot be protected: " + reason);
    }
  }

  private Running running() throws IOException {
    Running made = running;
    if (made == null) {
      making.lock();
      try {
        made = running;
        if (made == null) {
          made = new Running(settings, new EmbeddedMember(instrumentation));
          running = made;
        }
      } finally {
        making.unlock();
      }
    }
    return made;
  }

  @Override
  public int connecting(FileDescriptor fd, InetAddress remote, int port) {
    if (isAside || !settings.wantsClient() || !isListed(port)) {
      return PASS;
    }
    try {
      return running().client().connecting(fd, remote, port);
    } catch (IOException | RuntimeException | LinkageError e) {
      AgentLog.error("connection not protected: " + e, e);
      return PASS;
    }
  }

  /** Cheap, and enough to keep a JVM that never connects there from starting the loop. */
  private boolean isListed(int port) {
    for (var group : settings.connectGroups()) {
      for (var target : group.targets()) {
        if (target.port() == port) {
          return true;
        }
      }
    }
    return false;
  }

  @Override
  public void beforeListen(FileDescriptor fd) {
    if (isAside || !settings.wantsServer() || isOwnThread()) {
      return;
    }
    try {
      running().server.beforeListen(fd);
    } catch (IOException | RuntimeException | LinkageError e) {
      AgentLog.error("service not protected: " + e, e);
    }
  }

  @Override
  public void listening(FileDescriptor fd) {
    if (isAside || !settings.wantsServer() || isOwnThread()) {
      return;
    }
    try {
      running().server.listening(fd);
    } catch (IOException | RuntimeException | LinkageError e) {
      AgentLog.error("service not protected: " + e, e);
    }
  }

  /** What the cluster's threads listen for and connect to is no service of the application's. */
  private static boolean isOwnThread() {
    return Thread.currentThread().getContextClassLoader() == Agent.class.getClassLoader();
  }

  @Override
  public void closing(FileDescriptor fd) {
    Running made = running;
    if (made != null) {
      made.server.closing(fd);
    }
  }

  @Override
  public void ending() {
    Running made = running;
    if (made != null) {
      made.leave();
    }
  }

  /**
   * No new sessions from now on, and those that are here move; the answer, and from then on a
   * system property, says how far that is.
   */
  String drain() {
    Running made = running;
    return made == null ? "sessions=0 moved=0" : made.drain();
  }

  @Override
  public boolean expectsDoorbell() {
    Running made = running;
    return made != null && made.server.expectsDoorbell();
  }

  @Override
  public InetSocketAddress accepted(
      FileDescriptor listener, FileDescriptor accepted, InetSocketAddress from) {
    return running.server.accepted(listener, accepted, from);
  }

  /** What runs once there is something to protect. */
  private static final class Running {
    private final Settings settings;
    private final Session.Environment environment;
    private final EventLoop loop = new EventLoop("belay-loop");
    private final Metrics metrics = new Metrics();
    private final ServerSide server;

    /** Null until there is a connect to a listed target: a mere server does not pay for it. */
    private volatile ClientSide client;

    private final ReentrantLock makingClient = new ReentrantLock();
    private volatile List<Side> sides;
    private final AtomicBoolean isDraining = new AtomicBoolean();
    private volatile boolean acksDue;
    private boolean isReported;
    private int ticks;
    private long lateNs;

    Running(Settings settings, Cluster.Starter starter) throws IOException {
      this.settings = settings;
      MemoryBudget budget = new MemoryBudget(settings.memoryBytes(), BelayNative::newBytes);
      environment =
          new Session.Environment(
              new BridgeMemory(), budget, settings.logLimitBytes(), this::ackSoon);
      Runtime.getRuntime().addShutdownHook(new Thread(null, this::leave, "belay-leave", 0, false));
      Runnable serves = () -> loop.execute(this::serves);
      server = new ServerSide(loop, settings, metrics, environment, starter, serves);
      sides = List.of(server);
      loop.everyTurn(this::everyTurn);
      loop.pulse(settings.heartbeatMs(), this::pulse);
      loop.every(settings.heartbeatMs(), this::judge);
      loop.every(ACK_MS, this::tick);
      loop.every(TRIM_MS, this::trim);
      loop.start();
      BelayNative.atShutdown(this::goodbye);
    }

    ClientSide client() {
      ClientSide made = client;
      if (made == null) {
        makingClient.lock();
        try {
          made = client;
          if (made == null) {
            Runnable report = () -> loop.execute(this::report);
            made = new ClientSide(loop, settings, metrics, environment, report);
            client = made;
            sides = List.of(made, server);
          }
        } finally {
          makingClient.unlock();
        }
      }
      return made;
    }

    private void ackSoon() {
      if (!acksDue) {
        acksDue = true;
        loop.wake();
      }
    }

    private void everyTurn() {
      if (acksDue) {
        acksDue = false;
        acknowledge(false);
      }
    }

    private void tick() {
      ClientSide made = client;
      if (made != null) {
        made.tick();
      }
      acknowledge(++ticks % FEW_ACKS == 0);
    }

    private void acknowledge(boolean each) {
      for (Side side : sides) {
        side.acknowledge(each);
      }
    }

    /**
     * Between any two things that the loop does, however busy it is: who lives is not to seem dead.
     */
    private void pulse() {
      for (Side side : sides) {
        side.pulse();
      }
    }

    /**
     * In what this JVM itself was late by nobody is accused of silence; if long, of none before.
     */
    private void judge() {
      long late = loop.lateNs();
      long pausedNs = late - lateNs;
      lateNs = late;
      boolean hasSlept = pausedNs > settings.heartbeatMs() * 1_000_000;
      long forgivenNs = hasSlept ? Long.MAX_VALUE : pausedNs;
      long now = System.nanoTime();
      for (Side side : sides) {
        side.judge(now, forgivenNs);
      }
    }

    private void trim() {
      for (Side side : sides) {
        side.trim();
      }
      environment.budget().trim();
    }

    private void report() {
      if (!isReported) {
        isReported = true;
        loop.after(JMX_DELAY_MS, this::registerJmx);
      }
    }

    private void serves() {
      report();
      loop.after(READY_DELAY_MS, () -> Readiness.prepare(loop, environment));
    }

    private void registerJmx() {
      JmxReport report = new JmxReport(metrics, this::views);
      Thread registrar = new Thread(null, report::registerJmx, "belay-jmx", 0, false);
      registrar.setDaemon(true);
      registrar.start();
    }

    private List<SessionView> views() {
      List<SessionView> views = new ArrayList<>();
      for (Side side : sides) {
        side.sessions().forEach(session -> views.add(session.view()));
      }
      return views;
    }

    /** With the application's own hooks: what they close is not closed by the application. */
    private void leave() {
      server.leave();
    }

    private String drain() {
      if (isDraining.compareAndSet(false, true)) {
        server.drain();
        loop.execute(() -> loop.every(DRAINED_MS, this::publishDrained));
      }
      return server.drained();
    }

    /** The only answer that the command can read. */
    private void publishDrained() {
      System.setProperty(Launcher.ATTACHED_PROPERTY, Launcher.STARTED + server.drained());
    }

    private void goodbye() {
      ClientSide asClient = client;
      if (asClient != null) {
        asClient.goodbye();
      }
    }
  }

  /** Native memory by the JDK's own means. */
  private static final class BridgeMemory implements NativeStream {
    @Override
    public void copy(long address, byte[] target, int offset, int length) {
      BelayNative.copy(address, target, offset, length);
    }

    @Override
    public void copyOut(byte[] source, int offset, long address, int length) {
      BelayNative.copyOut(source, offset, address, length);
    }

    @Override
    public int checksum(int register, long address, int length) {
      return BelayNative.crc32c(register, address, length);
    }

    @Override
    public long vectorBase(long vectors, int index) {
      return BelayNative.vectorBase(vectors, index);
    }

    @Override
    public int vectorLength(long vectors, int index) {
      return BelayNative.vectorLength(vectors, index);
    }
  }
}

package dev.belay.agent.door;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.belay.agent.cluster.Cluster;
import dev.belay.agent.config.ClusterMode;
import dev.belay.agent.config.HostPort;
import dev.belay.agent.config.Settings;
import dev.belay.agent.control.ControlLink;
import dev.belay.agent.control.Endpoint;
import dev.belay.agent.control.Side;
import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.report.AgentLog;
import dev.belay.agent.report.Metrics;
import dev.belay.agent.session.Session;
import dev.belay.agent.wire.Bytes;
import dev.belay.agent.wire.DataPreface;
import dev.belay.agent.wire.DoorReply;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.OpenPreface;
import dev.belay.agent.wire.Refusal;
import dev.belay.agent.wire.ResumePreface;
import dev.belay.replicator.log.SessionId;
import java.io.FileDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import sun.nio.ch.BelayNative;

/**
 * This JVM as a server: which listeners are protected, who is connected, which sessions run here.
 *
 * <p>Invariant: one incarnation of a session at a time, that of the highest epoch that its client
 * named; the client of a session is who knows the key that it was opened with. Loop thread, but for
 * {@link #listening} and {@link #accepted}.
 */
public final class ServerSide implements Door.Sessions, Side {
  private enum DoorState {
    UNTRIED,
    OPEN,
    FAILED
  }

  /** The end of the JVM waits no longer for sessions to move. */
  private static final long LEAVE_MS = 10_000;

  /** A service that is about to be there is looked for again after this. */
  private static final long ANNOUNCED_MS = 2;

  private final EventLoop loop;
  private final Settings settings;
  private final Metrics metrics;
  private final Session.Environment environment;
  private final Clients clients = new Clients(Clients.LIMIT);
  private final Listeners listeners;
  private final Doorbell doorbell;
  private final Door door;
  private final Runnable onFirstService;
  private final DoorIdentity identity = new DoorIdentity();
  private final Cluster.Starter starter;
  private final Map<SessionId, ServerSession> sessions = new ConcurrentHashMap<>();
  private final ClientFrames frames = new ClientFrames(this::present);
  private final Takeovers takeovers;
  private final DirectOpens direct;
  private final Departure departure;
  private final Offers offers;
  private final IdleSessions idle;
  private final DurableNews durableNews;

  /** Null where there is none: {@code belay.cluster.mode=none}. */
  private volatile Cluster cluster;

  private volatile String advertised;

  private final ReentrantLock doorLock = new ReentrantLock();

  @GuardedBy("doorLock")
  private DoorState doorState = DoorState.UNTRIED;

  private volatile boolean isLeaving;
  private volatile boolean isDraining;
  private final AtomicBoolean hasLeft = new AtomicBoolean();

  /**
   * @param starter of the cluster, or null for none
   * @param onFirstService called once, on an application thread, when the door opens
   */
  public ServerSide(
      EventLoop loop,
      Settings settings,
      Metrics metrics,
      Session.Environment environment,
      Cluster.Starter starter,
      Runnable onFirstService) {
    this.loop = loop;
    this.settings = settings;
    this.metrics = metrics;
    this.environment = environment;
    this.onFirstService = onFirstService;
    this.starter = starter;
    this.listeners = new Listeners(settings.services());
    this.idle = new IdleSessions(settings.resumeWindowMs());
    this.durableNews = new DurableNews(loop);
    this.doorbell = new Doorbell(loop);
    this.takeovers = new Takeovers(this);
    this.direct = new DirectOpens(this, new Backlogs(loop, doorbell, listeners));
    this.offers = new Offers(listeners, clients);
    this.departure = new Departure(loop, clients, sessions.values(), direct::hasAgreed);
    this.door = new Door(loop, clients, this, metrics, settings.secret(), identity);
  }

  // ---- from the seam: application threads ----

  /**
   * The application is about to listen: the door opens with the first protected listener, and
   * before it. Who has reached the application's port and finds no door knows that there is none.
   */
  public void beforeListen(FileDescriptor fd) {
    try {
      if (listeners.announce(fd)) {
        openDoor();
      }
    } catch (IOException e) {
      AgentLog.warn("listening socket not protected: " + e.getMessage());
    }
  }

  /** The application listens. */
  public void listening(FileDescriptor fd) {
    try {
      Listeners.Listener listener = listeners.note(fd);
      if (listener != null && openDoor()) {
        AgentLog.info("service protected: " + listener.service() + " port=" + listener.port());
      }
    } catch (IOException e) {
      AgentLog.warn("listening socket not protected: " + e.getMessage());
    }
  }

  /** Whether it is open now. */
  private boolean openDoor() {
    doorLock.lock(); // who listens as the second waits until the door is open, too
    try {
      if (doorState == DoorState.UNTRIED) {
        doorState = tryDoor() ? DoorState.OPEN : DoorState.FAILED;
      }
      return doorState == DoorState.OPEN;
    } finally {
      doorLock.unlock();
    }
  }

  @GuardedBy("doorLock")
  private boolean tryDoor() {
    try {
      InetSocketAddress local = door.open(settings.door());
      askForAdvertised();
      advertised = advertisedAs(local);
      onFirstService.run();
      joinCluster();
      AgentLog.info("door open: " + local.getAddress().getHostAddress() + ":" + local.getPort());
      return true;
    } catch (IOException e) {
      AgentLog.error(
          "belay.door="
              + settings.door()
              + ": cannot be opened ("
              + e.getMessage()
              + "); expected a free address of this machine; services are not protected");
      return false;
    }
  }

  /** What clients can use: an address of any kind is none, so that of the cluster stands for it. */
  private String advertisedAs(InetSocketAddress local) {
    if (settings.advertise() != null) {
      return settings.advertise().toString();
    }
    boolean isAny = local.getAddress().isAnyLocalAddress();
    String host = isAny ? settings.cluster().bind().host() : local.getAddress().getHostAddress();
    return new HostPort(host, local.getPort()).toString();
  }

  private void joinCluster() {
    if (starter == null || settings.cluster().mode() == ClusterMode.NONE) {
      return;
    }
    Cluster.Place place =
        new Cluster.Place(identity.instance().toString(), advertised, environment.budget());
    try {
      cluster = new Cluster(settings, place, loop, offers::changed, starter);
      metrics.cluster(cluster);
    } catch (RuntimeException | LinkageError e) {
      AgentLog.error("cluster: cannot start; sessions rely on their clients' own logs: " + e, e);
    }
  }

  /** A listening socket may be closing. */
  public void closing(FileDescriptor fd) {
    listeners.forget(fd);
  }

  /**
   * The JVM shuts down: from now on a close is not the application's, and sessions go on at another
   * server. Returns when they do, or stay, or {@link #LEAVE_MS} are over. Not for the loop.
   */
  public void leave() {
    isLeaving = true;
    boolean hasSessions = !sessions.isEmpty() || direct.hasAccepted();
    if (hasLeft.compareAndSet(false, true) && hasSessions) {
      long patienceMs = Math.min(settings.resumeWindowMs() / 2, LEAVE_MS);
      departure.awaitMoves(patienceMs);
    }
  }

  /**
   * The JVM goes on, but is to have no sessions: new ones are refused, those that are here move.
   */
  public void drain() {
    isDraining = true;
    departure.begin();
  }

  /** One line on how far {@link #drain} is; any thread. */
  public String drained() {
    return departure.progress(metrics.movedAwayCount());
  }

  /** It is to have no sessions any longer. */
  boolean takesNone() {
    return isLeaving || isDraining;
  }

  boolean isLeaving() {
    return isLeaving;
  }

  /** A name server may take its time; the application does not wait for it. */
  private void askForAdvertised() {
    if (settings.advertise() != null) {
      Thread asking = new Thread(null, this::checkAdvertise, "belay-names", 0, false);
      asking.setDaemon(true);
      asking.start();
    }
  }

  private void checkAdvertise() {
    try {
      InetAddress.getByName(settings.advertise().host());
    } catch (java.net.UnknownHostException e) {
      AgentLog.error(
          "belay.advertise="
              + settings.advertise()
              + ": host cannot be resolved; expected host:port under which clients reach the door");
    }
  }

  public boolean expectsDoorbell() {
    return doorbell.isRinging() || direct.isExpecting();
  }

  /** See {@link sun.nio.ch.BelayEvents#accepted}. */
  public InetSocketAddress accepted(
      FileDescriptor listener, FileDescriptor accepted, InetSocketAddress from) {
    try {
      if (doorbell.isRinging()) {
        int port = BelayNative.localAddress(listener).getPort();
        InetSocketAddress rang = doorbell.answer(accepted, from, port);
        if (rang != null) {
          return rang;
        }
      }
      return direct.accepted(accepted, from, listeners.at(listener));
    } catch (IOException | RuntimeException e) {
      AgentLog.error("accepted connection not protected: " + e, e);
      return null;
    }
  }

  // ---- from the door ----

  @Override
  public void open(RawSocket link, OpenPreface preface, Clients.Pair pair) throws IOException {
    if (takesNone()) {
      door.refuse(link, pair, preface.linkNumber(), Refusal.SHUTTING_DOWN, "");
      return;
    }
    Listeners.Listener listener = listeners.of(preface.service());
    if (listener == null && listeners.isAnnounced(preface.service())) {
      loop.after(ANNOUNCED_MS, () -> openAnnounced(link, preface, pair));
      return;
    }
    if (listener == null) {
      door.refuse(link, pair, preface.linkNumber(), Refusal.NO_SUCH_SERVICE, preface.service());
      return;
    }
    Bytes key = preface.sessionKey(pair.keys());
    direct.settle();
    direct.cancel(preface.session());
    ServerSession present = present(preface.session());
    if (present != null && (present.session().epoch() >= preface.epoch() || !present.hasKey(key))) {
      door.refuse(link, pair, preface.linkNumber(), Refusal.STALE_EPOCH, "session exists");
      return;
    }
    if (present != null) { // its client has not heard that it was opened
      present.supersede(preface.epoch());
    }
    Cluster.Logged logged =
        cluster == null
            ? null
            : cluster.begin(preface.session(), listener.service(), preface.epoch(), environment);
    Session session = session(preface, listener, logged);
    ServerSession opened =
        new ServerSession(this, session, key, listener, link.remoteAddress(), null, logged);
    door.send(link, DoorReply.opened().encode(pair.keys(), preface.linkNumber()));
    begin(opened, link, pair);
  }

  /** The application was about to listen. */
  private void openAnnounced(RawSocket link, OpenPreface preface, Clients.Pair pair) {
    try {
      if (pair.isPresent()) {
        open(link, preface, pair);
      } else {
        loop.close(link);
      }
    } catch (IOException e) {
      loop.close(link);
    }
  }

  Session session(DataPreface of, Listeners.Listener listener, Cluster.Logged logged) {
    return Session.ofServer(
        of.session(),
        listener.service(),
        of.epoch(),
        environment,
        logged == null ? null : logged.input());
  }

  /** The session is this server's from now on. */
  void begin(ServerSession session, RawSocket link, Clients.Pair pair) throws IOException {
    session.client(pair.client());
    sessions.put(session.session().id(), session);
    metrics.sessionOpened();
    try {
      session.ring(link);
    } catch (IOException e) {
      session.unanswered(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void resume(RawSocket link, ResumePreface preface, Clients.Pair pair) throws IOException {
    direct.settle();
    direct.cancel(preface.session());
    ServerSession present = present(preface.session());
    Bytes key = preface.sessionKey(pair.keys());
    boolean isOthers = present != null && !present.hasKey(key);
    if (isLeaving || (isDraining && preface.takeover())) {
      refuse(link, pair, preface, Refusal.SHUTTING_DOWN, "");
    } else if (isOthers) {
      refuse(link, pair, preface, Refusal.SESSION_UNKNOWN, "another key");
    } else if (preface.takeover()) {
      takeovers.begin(present, link, preface, pair);
    } else if (present == null) {
      refuse(link, pair, preface, Refusal.SESSION_UNKNOWN, "");
    } else if (present.session().epoch() != preface.epoch()) {
      refuse(link, pair, preface, Refusal.STALE_EPOCH, "ours=" + present.session().epoch());
    } else {
      present.resume(link, preface, pair);
    }
  }

  /** A replay is through, or given up, or never was one. */
  void replayEnded(ServerSession session) {
    takeovers.ended(session);
  }

  void refuse(RawSocket link, Clients.Pair pair, ResumePreface preface, Refusal reason, String text)
      throws IOException {
    door.refuse(link, pair, preface.linkNumber(), reason, text);
  }

  void send(RawSocket link, byte[] reply) throws IOException {
    door.send(link, reply);
  }

  @Override
  public void connected(Clients.Client client) {
    AgentLog.debug("control link up: client=" + client.name);
    direct.settle();
    direct.onlyBy(client.link(), client.instance);
    offers.tell(client.link());
    for (ServerSession session : client.sessions.list()) {
      session.tellAgain();
    }
  }

  @Override
  public void settle() {
    direct.settle();
  }

  @Override
  public void disconnected(Clients.Client client, ControlLink link, String cause) {
    direct.linkLost(link);
    AgentLog.debug("control link down: client=" + client.name + " cause=" + cause);
    for (ServerSession session : client.sessions.list()) {
      session.checkClient();
    }
    int connects = client.connects();
    loop.after(settings.resumeWindowMs(), () -> giveUp(client, connects));
  }

  /**
   * A client that lives has a control link, or its sessions elsewhere. Links of one whose machine
   * is gone may be silent for ever.
   */
  private void giveUp(Clients.Client client, int connects) {
    if (client.link() == null && client.connects() == connects) {
      for (ServerSession session : client.sessions.list()) {
        session.clientGone();
      }
    }
  }

  @Override
  public void frame(Clients.Client client, Frame frame) {
    direct.settle();
    if (frame instanceof Frame.Reserve reserve) {
      direct.reserve(client, reserve);
    } else if (frame instanceof Frame.Release release) {
      direct.release(client, release);
    } else {
      frames.heard(client, frame);
    }
  }

  // ---- in time ----

  @Override
  public void acknowledge(boolean each) {
    direct.settle();
    for (ServerSession session : sessions.values()) {
      ControlLink link = session.control();
      if (link != null && session.tellsPositions() && session.session().owesAck(each)) {
        link.received(session.session());
      }
      if (link != null && session.tellsPositions()) {
        session.tellDurable(link);
      }
    }
    for (Clients.Client client : clients.all()) {
      ControlLink link = client.link();
      if (link != null) {
        link.flush();
      }
    }
  }

  DurableNews durableNews() {
    return durableNews;
  }

  /** One session's position, at once. */
  void acknowledge(ServerSession session) {
    ControlLink link = session.control();
    if (link != null) {
      link.received(session.session());
      link.flush();
    }
  }

  /** Tells the clients that this JVM lives. */
  @Override
  public void pulse() {
    for (Clients.Client client : clients.all()) {
      ControlLink link = client.link();
      if (link != null) {
        link.heartbeat();
      }
    }
  }

  /**
   * Hears whether the clients beat.
   *
   * @param pausedNs for how long this JVM has not listened since the last time
   */
  @Override
  public void judge(long nowNs, long pausedNs) {
    idle.beat();
    for (ServerSession session : sessions.values()) {
      if (session.tellsPositions()) {
        session.remind(nowNs, settings.suspectMs());
      }
      idle.review(session, nowNs);
    }
    for (Clients.Client client : List.copyOf(clientList())) {
      ControlLink link = client.link();
      if (link != null) {
        link.forgiveSilence(pausedNs);
        judge(client, link);
      }
    }
  }

  private void judge(Clients.Client client, ControlLink link) {
    long suspectNs = settings.suspectMs() * 1_000_000;
    if (link.silentNs(suspectNs) > suspectNs && client.link() == link) {
      link.close();
      settle();
      clients.disconnected(client, link, false);
      disconnected(client, link, "silent");
    }
  }

  private List<Clients.Client> clientList() {
    List<Clients.Client> list = new ArrayList<>(clients.size());
    clients.all().forEach(list::add);
    return list;
  }

  /** Now and then: gives spare memory of idle sessions back, and places of idle takeovers. */
  @Override
  public void trim() {
    takeovers.review();
    if (cluster != null) {
      offers.publish(cluster, advertised, !takesNone(), sessions.size());
    }
    for (ServerSession session : sessions.values()) {
      session.session().sentLog().trim();
    }
  }

  /** A session's client has not come back. */
  void gaveUp(Absence absence) {
    absence.report(cluster, loop, settings.suspectMs(), metrics);
  }

  void forget(ServerSession session) {
    direct.over(session);
    sessions.remove(session.session().id(), session);
    clients.forgetIfIdle(session.client());
    metrics.sessionEnded(session.view());
  }

  /** A view that any thread may walk through. */
  @Override
  public Iterable<? extends Endpoint> sessions() {
    return sessions.values();
  }

  EventLoop loop() {
    return loop;
  }

  Settings settings() {
    return settings;
  }

  Metrics metrics() {
    return metrics;
  }

  Doorbell doorbell() {
    return doorbell;
  }

  Session.Environment environment() {
    return environment;
  }

  /** Null where there is none. */
  Cluster cluster() {
    return cluster;
  }

  /** Who listens for a service as clients name it, or null. */
  Listeners.Listener listener(String service) {
    return listeners.of(service);
  }

  /** See {@link Listeners#local}. */
  InetSocketAddress local(InetAddress address, int port) {
    return listeners.local(address, port);
  }

  /** The incarnation that is here, or null. */
  ServerSession present(SessionId id) {
    ServerSession found = known(id);
    return found != null ? found : direct.begun(id);
  }

  /** One that has begun, or null. */
  ServerSession known(SessionId id) {
    return sessions.get(id);
  }

  // ---- direct opens ----

  /** A session that a client may open directly; nobody knows of it yet. */
  ServerSession reservedSession(
      Frame.Reserve of, Bytes key, Listeners.Listener listener, InetSocketAddress address) {
    Cluster.Logged logged =
        cluster == null
            ? null
            : cluster.begin(of.session(), listener.service(), of.epoch(), environment);
    Session session =
        Session.ofServer(
            of.session(),
            listener.service(),
            of.epoch(),
            environment,
            logged == null ? null : logged.input());
    return new ServerSession(this, session, key, listener, address, null, logged);
  }

  /** Its client has left the connection, if the application has not accepted it. */
  void notConnected(ServerSession session) {
    if (sessions.get(session.session().id()) == session && session.isReservedOnly()) {
      session.notConnected();
    }
  }

  /** It has begun; a second time changes nothing. */
  void beginDirectly(ServerSession session) {
    if (!session.isOver() && sessions.putIfAbsent(session.session().id(), session) == null) {
      session.client(session.client());
      metrics.sessionOpened();
    }
  }
}

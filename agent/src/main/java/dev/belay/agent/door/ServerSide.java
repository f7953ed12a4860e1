package dev.belay.agent.door;

import dev.belay.agent.config.Settings;
import dev.belay.agent.control.ControlLink;
import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.replay.Replay;
import dev.belay.agent.report.AgentLog;
import dev.belay.agent.report.Metrics;
import dev.belay.agent.report.SessionView;
import dev.belay.agent.session.Session;
import dev.belay.agent.wire.Bytes;
import dev.belay.agent.wire.DoorReply;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.OpenPreface;
import dev.belay.agent.wire.Refusal;
import dev.belay.agent.wire.ResumePreface;
import dev.belay.agent.wire.SessionId;
import java.io.FileDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import sun.nio.ch.BelayNative;

/**
 * This JVM as a server: which listeners are protected, who is connected, which sessions run here.
 *
 * <p>Invariant: one incarnation of a session at a time, that of the highest epoch that its client
 * named; the client of a session is who knows the key that it was opened with. Loop thread, but for
 * {@link #listening} and {@link #accepted}.
 */
public final class ServerSide implements Door.Sessions {
  private enum DoorState {
    UNTRIED,
    OPEN,
    FAILED
  }

  private final EventLoop loop;
  private final Settings settings;
  private final Metrics metrics;
  private final Session.Environment environment;
  private final Clients clients = new Clients();
  private final Listeners listeners;
  private final Doorbell doorbell;
  private final Door door;
  private final Runnable onFirstService;
  private final Map<SessionId, ServerSession> sessions = new ConcurrentHashMap<>();

  /** Guarded by this. */
  private DoorState doorState = DoorState.UNTRIED;

  private volatile boolean isLeaving;

  /**
   * @param instance identity of this JVM: random
   * @param onFirstService called once, on an application thread, when the door opens
   */
  public ServerSide(
      EventLoop loop,
      Settings settings,
      Metrics metrics,
      Session.Environment environment,
      Bytes instance,
      Runnable onFirstService) {
    this.loop = loop;
    this.settings = settings;
    this.metrics = metrics;
    this.environment = environment;
    this.onFirstService = onFirstService;
    this.listeners = new Listeners(settings.services());
    this.doorbell = new Doorbell(loop);
    this.door = new Door(loop, clients, this, metrics, settings.secret(), instance);
  }

  // ---- from the seam: application threads ----

  /** The application listens; the door opens with the first protected listener. */
  public void listening(FileDescriptor fd) {
    try {
      Listeners.Listener listener = listeners.note(fd);
      if (listener != null) {
        openDoor(listener);
      }
    } catch (IOException e) {
      AgentLog.warn("listening socket not protected: " + e.getMessage());
    }
  }

  private synchronized void openDoor(Listeners.Listener listener) {
    if (doorState == DoorState.UNTRIED) {
      doorState = tryDoor() ? DoorState.OPEN : DoorState.FAILED;
    }
    if (doorState == DoorState.OPEN) {
      AgentLog.info("service protected: " + listener.service() + " port=" + listener.port());
    }
  }

  private boolean tryDoor() {
    try {
      InetSocketAddress local = door.open(settings.door());
      checkAdvertise();
      onFirstService.run();
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

  /** A listening socket may be closing. */
  public void closing(FileDescriptor fd) {
    listeners.forget(fd);
  }

  /**
   * The JVM shuts down: from now on a close is not the application's, and sessions go on at another
   * server.
   */
  public void leave() {
    isLeaving = true;
  }

  boolean isLeaving() {
    return isLeaving;
  }

  private void checkAdvertise() {
    if (settings.advertise() == null) {
      return;
    }
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
    return doorbell.isRinging();
  }

  /** See {@link sun.nio.ch.BelayEvents#accepted}. */
  public InetSocketAddress accepted(
      FileDescriptor listener, FileDescriptor accepted, InetSocketAddress from) {
    try {
      int port = BelayNative.localAddress(listener).getPort();
      return doorbell.answer(accepted, from, port);
    } catch (IOException | RuntimeException e) {
      AgentLog.error("accepted connection not protected: " + e, e);
      return null;
    }
  }

  // ---- from the door ----

  @Override
  public void open(RawSocket link, OpenPreface preface, Clients.Pair pair) throws IOException {
    if (isLeaving) {
      door.refuse(link, pair, preface.linkNumber(), Refusal.SHUTTING_DOWN, "");
      return;
    }
    Listeners.Listener listener = listeners.of(preface.service());
    if (listener == null) {
      door.refuse(link, pair, preface.linkNumber(), Refusal.NO_SUCH_SERVICE, preface.service());
      return;
    }
    if (sessions.containsKey(preface.session())) {
      door.refuse(link, pair, preface.linkNumber(), Refusal.STALE_EPOCH, "session exists");
      return;
    }
    Session session =
        Session.ofServer(preface.session(), listener.service(), preface.epoch(), environment);
    Bytes key = preface.sessionKey(pair.keys());
    ServerSession opened =
        new ServerSession(this, session, key, listener, link.remoteAddress(), null);
    door.send(link, DoorReply.opened().encode(pair.keys(), preface.linkNumber()));
    begin(opened, link, pair);
  }

  private void begin(ServerSession session, RawSocket link, Clients.Pair pair) throws IOException {
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
    ServerSession present = sessions.get(preface.session());
    Bytes key = preface.sessionKey(pair.keys());
    boolean isOthers = present != null && !present.hasKey(key);
    if (isLeaving) {
      refuse(link, pair, preface, Refusal.SHUTTING_DOWN, "");
    } else if (isOthers) {
      refuse(link, pair, preface, Refusal.SESSION_UNKNOWN, "another key");
    } else if (preface.takeover()) {
      takeOver(present, key, link, preface, pair);
    } else if (present == null) {
      refuse(link, pair, preface, Refusal.SESSION_UNKNOWN, "");
    } else if (present.session().epoch() != preface.epoch()) {
      refuse(link, pair, preface, Refusal.STALE_EPOCH, "ours=" + present.session().epoch());
    } else {
      present.resume(link, preface, pair);
    }
  }

  private void takeOver(
      ServerSession present, Bytes key, RawSocket link, ResumePreface preface, Clients.Pair pair)
      throws IOException {
    Listeners.Listener listener = listeners.of(preface.service());
    if (listener == null) {
      refuse(link, pair, preface, Refusal.NO_SUCH_SERVICE, preface.service());
      return;
    }
    if (present != null && preface.epoch() <= present.session().epoch()) {
      refuse(link, pair, preface, Refusal.STALE_EPOCH, "ours=" + present.session().epoch());
      return;
    }
    if (preface.heldFrom() > 0) {
      refuse(link, pair, preface, Refusal.LOG_TRUNCATED, "from=" + preface.heldFrom());
      return;
    }
    if (present != null) {
      present.supersede(preface.epoch());
    }
    startReplay(listener, key, link, preface, pair);
  }

  private void startReplay(
      Listeners.Listener listener,
      Bytes key,
      RawSocket link,
      ResumePreface preface,
      Clients.Pair pair)
      throws IOException {
    Session session =
        Session.ofServer(preface.session(), listener.service(), preface.epoch(), environment);
    Replay.Client client =
        new Replay.Client(
            preface.receivedPosition(),
            preface.receivedChecksum(),
            preface.inputEnded(),
            preface.clientClosed());
    ServerSession taken =
        new ServerSession(
            this, session, key, listener, addressOf(preface.clientAddress(), link), client);
    door.send(link, DoorReply.replay(0, -1, false).encode(pair.keys(), preface.linkNumber()));
    AgentLog.info(
        "replay begins: service="
            + listener.service()
            + " session="
            + preface.session()
            + " epoch="
            + preface.epoch()
            + " client="
            + taken.peer());
    begin(taken, link, pair);
  }

  /** The address that the first server saw, so that a handler that echoes it says the same. */
  private static InetSocketAddress addressOf(String text, RawSocket link) throws IOException {
    int colon = text.lastIndexOf(':');
    if (colon > 0 && isLiteral(text.substring(0, colon))) {
      try {
        int port = Integer.parseInt(text.substring(colon + 1));
        return new InetSocketAddress(InetAddress.getByName(text.substring(0, colon)), port);
      } catch (IllegalArgumentException | java.net.UnknownHostException e) {
        AgentLog.debug("client address not understood: " + text);
      }
    }
    return link.remoteAddress();
  }

  /** Nobody at the door makes this JVM ask a name server. */
  private static boolean isLiteral(String host) {
    for (int i = 0; i < host.length(); i++) {
      if (Character.digit(host.charAt(i), 16) < 0 && ".:".indexOf(host.charAt(i)) < 0) {
        return false;
      }
    }
    return host.indexOf('.') > 0 || host.indexOf(':') >= 0;
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
    for (ServerSession session : List.copyOf(client.sessions)) {
      session.tellAgain();
    }
  }

  @Override
  public void disconnected(Clients.Client client, String cause) {
    AgentLog.debug("control link down: client=" + client.name + " cause=" + cause);
    for (ServerSession session : List.copyOf(client.sessions)) {
      session.checkClient();
    }
  }

  @Override
  public void frame(Clients.Client client, Frame frame) {
    if (frame instanceof Frame.Received) {
      Frame.Received received = (Frame.Received) frame;
      ServerSession session = find(client, received.session(), received.epoch());
      if (session != null) {
        session.peerReceived(received.position());
      }
    } else if (frame instanceof Frame.Sent) {
      Frame.Sent sent = (Frame.Sent) frame;
      ServerSession session = find(client, sent.session(), sent.epoch());
      if (session != null && session.tellsPositions()) {
        session.peerSent(sent.position(), settings.suspectMs());
      }
    } else if (frame instanceof Frame.Fin) {
      Frame.Fin fin = (Frame.Fin) frame;
      ServerSession session = find(client, fin.session(), fin.epoch());
      if (session != null) {
        session.peerEnded(fin.finalPosition(), fin.closed());
      }
    } else if (frame instanceof Frame.Abort) {
      Frame.Abort abort = (Frame.Abort) frame;
      ServerSession session = find(client, abort.session(), abort.epoch());
      if (session != null) {
        session.peerAborted(abort.text());
      }
    }
  }

  private ServerSession find(Clients.Client client, SessionId id, int epoch) {
    ServerSession session = sessions.get(id);
    boolean isTheirs = session != null && session.client() == client;
    return isTheirs && session.session().epoch() == epoch ? session : null;
  }

  // ---- in time ----

  /** Tells clients how far their bytes have come. */
  public void acknowledge() {
    for (ServerSession session : sessions.values()) {
      ControlLink link = session.control();
      if (link != null && session.tellsPositions() && session.session().owesAck()) {
        link.received(session.session());
      }
    }
    for (Clients.Client client : clients.all()) {
      ControlLink link = client.link();
      if (link != null) {
        link.flush();
      }
    }
  }

  /** One session's position, at once. */
  void acknowledge(ServerSession session) {
    ControlLink link = session.control();
    if (link != null) {
      link.received(session.session());
      link.flush();
    }
  }

  /** Beats, and hears whether the clients do. */
  public void beat(long nowNs, boolean forgive) {
    for (ServerSession session : sessions.values()) {
      if (session.tellsPositions()) {
        session.remind(nowNs, settings.suspectMs());
      }
    }
    long silenceNs = settings.suspectMs() * 1_000_000;
    for (Clients.Client client : List.copyOf(clientList())) {
      ControlLink link = client.link();
      if (link == null) {
        continue;
      }
      if (forgive) {
        link.forgiveSilence();
      }
      if (nowNs - link.heardNs() > silenceNs) {
        link.close();
        clients.disconnected(client, link, false);
        disconnected(client, "silent");
      } else {
        link.heartbeat();
      }
    }
  }

  private List<Clients.Client> clientList() {
    List<Clients.Client> list = new java.util.ArrayList<>(clients.size());
    clients.all().forEach(list::add);
    return list;
  }

  /** Gives spare memory of idle sessions back. */
  public void trim() {
    for (ServerSession session : sessions.values()) {
      session.session().trim();
    }
  }

  void forget(ServerSession session) {
    sessions.remove(session.session().id(), session);
    clients.forgetIfIdle(session.client());
    metrics.sessionEnded(session);
  }

  public Iterable<? extends SessionView> sessions() {
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
}

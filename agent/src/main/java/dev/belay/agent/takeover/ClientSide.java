package dev.belay.agent.takeover;

import dev.belay.agent.config.HostPort;
import dev.belay.agent.config.OnLimit;
import dev.belay.agent.config.Settings;
import dev.belay.agent.config.SupportGroup;
import dev.belay.agent.config.Target;
import dev.belay.agent.control.ControlLink;
import dev.belay.agent.control.Endpoint;
import dev.belay.agent.control.Side;
import dev.belay.agent.descriptor.GuardedDescriptor;
import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.report.AgentLog;
import dev.belay.agent.report.Metrics;
import dev.belay.agent.session.Session;
import dev.belay.agent.wire.Bytes;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.Handshake;
import dev.belay.agent.wire.PairKeys;
import dev.belay.replicator.log.SessionId;
import java.io.FileDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import sun.nio.ch.BelayEvents;
import sun.nio.ch.BelayNative;
import sun.nio.ch.BelaySeam;

/**
 * This JVM as a client: which targets are protected, which servers are known, which sessions run.
 *
 * <p>Invariant: a connect to anything that is not listed is never delayed or changed. Loop thread,
 * but for {@link #connecting}.
 */
public final class ClientSide implements Side {
  /** In times of {@code belay.suspect}. */
  private static final int ANSWER_SUSPECTS = 10;

  /** How long the end of the JVM waits for writes in progress. */
  private static final int LAST_WRITES_MS = 50;

  /** How often a member of a group in use is tried that has no control link. */
  private static final long WARM_MS = 1000;

  private final EventLoop loop;
  private final Settings settings;
  private final Metrics metrics;
  private final Session.Environment environment;
  private final ServerPeer.Identity identity;
  private final SecureRandom random;
  private final Runnable onFirstSession;
  private final Map<HostPort, ServerPeer> peers = new HashMap<>();
  private final Map<SessionId, ClientSession> sessions = new ConcurrentHashMap<>();
  private final EndedSessions ended = new EndedSessions();
  private final Map<SupportGroup, LiveGroup> groups = new HashMap<>();
  private final Set<LiveGroup> groupsInUse = new LinkedHashSet<>();
  private final Mover mover = new Mover();

  /** Of targets that were connected to; empty unless connects may go past the door. */
  private final Map<Target, DirectPool> pools = new ConcurrentHashMap<>();

  private final HostNames names;

  private final ServerPeer.Directory directory =
      new ServerPeer.Directory() {
        @Override
        public ClientSession find(SessionId id) {
          return sessions.get(id);
        }

        @Override
        public Long ended(SessionId id, int epoch, Bytes serverInstance) {
          return ended.finalPosition(id, epoch, serverInstance);
        }

        @Override
        public InetAddress resolve(String host) throws IOException {
          return addressOf(host);
        }

        @Override
        public void move(ServerPeer from, Frame.Move asked) {
          mover.move(from, asked);
        }

        @Override
        public void group(HostPort door, String service, List<String> members) {
          for (LiveGroup group : groupsInUse) {
            if (group.has(door.host(), door.port(), service) || isWith(group, door, service)) {
              group.named(door, members, System.nanoTime());
            }
          }
        }
      };

  private final LiveGroup.Names groupNames =
      new LiveGroup.Names() {
        @Override
        public LiveGroup.Likeness compare(Target one, Target other) {
          return ClientSide.this.compare(one, other);
        }

        @Override
        public boolean isLoopback(String host) {
          try {
            InetAddress address = addressOf(host);
            return address.isLoopbackAddress() || address.isAnyLocalAddress();
          } catch (UnknownHostException e) {
            return false; // as far as is known
          }
        }
      };

  private record Match(LiveGroup group, Target target) {}

  /**
   * @param onFirstSession called once, on the loop, with the first session
   */
  public ClientSide(
      EventLoop loop,
      Settings settings,
      Metrics metrics,
      Session.Environment environment,
      Runnable onFirstSession) {
    this.loop = loop;
    this.settings = settings;
    this.metrics = metrics;
    this.environment = environment;
    this.onFirstSession = onFirstSession;
    this.random = new SecureRandom();
    this.names =
        new HostNames(InetAddress::getAllByName, () -> loop.execute(this::addressesChanged));
    for (SupportGroup group : settings.connectGroups()) {
      groups.put(group, new LiveGroup(group, groupNames));
    }
    String name = "pid " + ProcessHandle.current().pid();
    Bytes instanceKey = Bytes.random(Handshake.INSTANCE_KEY_BYTES, random);
    this.identity = new ServerPeer.Identity(instanceKey, name, secretOf(settings), random);
    prepareNames();
  }

  private void prepareNames() {
    for (SupportGroup group : settings.connectGroups()) {
      for (Target target : group.targets()) {
        names.known(target.host());
      }
    }
  }

  private static byte[] secretOf(Settings settings) {
    byte[] secret = settings.secret();
    return secret == null ? new byte[0] : secret;
  }

  // ---- from the seam: application threads ----

  /** See {@link BelayEvents#connecting}. */
  public int connecting(FileDescriptor fd, InetAddress remote, int port) {
    Match match = match(remote, port);
    if (match == null) {
      return BelayEvents.PASS;
    }
    names.addressesOf(match.target().host()); // the application has just asked for it, too
    try {
      DirectPool pool = pools.get(match.target());
      Reservation reserved = pool == null || isBound(fd) ? null : pool.take(remote);
      if (reserved != null) {
        return connectDirectly(fd, match, pool, reserved);
      }
      Bytes key = Bytes.random(PairKeys.KEY_BYTES, random);
      ClientSession flow = flow(Handshake.sessionOf(key), key, match);
      GuardedDescriptor descriptor = new GuardedDescriptor(fd, flow.session(), flow);
      flow.guard(descriptor);
      descriptor.connecting();
      RawSocket original = descriptor.parkUnconnected();
      BelaySeam.guard(BelaySeam.number(fd), descriptor);
      Opening opening =
          new Opening(this, flow, descriptor, original, new InetSocketAddress(remote, port));
      loop.execute(() -> begin(flow, opening, match));
      return BelayNative.UNAVAILABLE;
    } catch (IOException e) {
      AgentLog.warn("connection not protected: target=" + match.target() + " cause=" + e);
      return BelayEvents.PASS;
    }
  }

  private ClientSession flow(SessionId id, Bytes key, Match match) {
    String service = String.valueOf(match.target().port()).intern(); // of all sessions there
    Session session = Session.ofClient(id, service, environment);
    if (settings.onLimit() == OnLimit.BLOCK) {
      session.sentLog().waitAtLimit();
    }
    return new ClientSession(this, session, key, match.group());
  }

  /** The application has chosen its address itself. */
  private static boolean isBound(FileDescriptor fd) throws IOException {
    return BelayNative.localAddress(fd).getPort() != 0;
  }

  /** It is a session from now on, whichever way it takes: frames may come for it. */
  private int connectDirectly(
      FileDescriptor fd, Match match, DirectPool pool, Reservation reserved) {
    ClientSession flow = flow(reserved.terms().id(), reserved.terms().key(), match);
    GuardedDescriptor descriptor = new GuardedDescriptor(fd, flow.session(), flow);
    flow.guard(descriptor);
    DirectOpening opening = new DirectOpening(this, flow, descriptor, reserved, pool);
    flow.opens(opening);
    sessions.put(flow.session().id(), flow);
    metrics.sessionOpened();
    BelaySeam.guard(BelaySeam.number(fd), descriptor);
    return opening.begin() ? 1 : BelayNative.UNAVAILABLE;
  }

  private void begin(ClientSession flow, Opening opening, Match match) {
    if (settings.directPorts() != null && !pools.containsKey(match.target())) {
      ServerPeer peer = peer(match.target());
      DirectPool pool = new DirectPool(this, peer, match.target(), random);
      peer.add(pool);
      pools.put(match.target(), pool);
    }
    if (sessions.isEmpty() && groupsInUse.isEmpty()) {
      onFirstSession.run();
    }
    sessions.put(flow.session().id(), flow);
    metrics.sessionOpened();
    groupsInUse.add(match.group());
    opening.begin(match.target(), match.group().targets());
  }

  private Match match(InetAddress remote, int port) {
    for (SupportGroup group : settings.connectGroups()) {
      for (Target target : group.targets()) {
        if (target.port() == port && isHost(target.host(), remote)) {
          return new Match(groups.get(group), target);
        }
      }
    }
    return null;
  }

  /** By name as the application gave it, or by any address of the listed name. */
  private boolean isHost(String host, InetAddress remote) {
    String given = remote.toString(); // "name/address", without asking anybody for the name
    int slash = given.indexOf('/');
    if (slash > 0 && given.substring(0, slash).equalsIgnoreCase(host)) {
      return true;
    }
    for (InetAddress address : names.addressesOf(host)) {
      if (address.equals(remote)) {
        return true;
      }
    }
    return false;
  }

  // ---- on the loop ----

  /** Servers name themselves by address, operators by name. */
  private LiveGroup.Likeness compare(Target one, Target other) {
    if (one.doorPort() != other.doorPort()) {
      return LiveGroup.Likeness.OTHER;
    }
    try {
      boolean isSame = addressOf(one.host()).equals(addressOf(other.host()));
      return isSame ? LiveGroup.Likeness.SAME : LiveGroup.Likeness.OTHER;
    } catch (UnknownHostException e) {
      boolean isAsked = names.isUnanswered(one.host()) || names.isUnanswered(other.host());
      return isAsked ? LiveGroup.Likeness.UNKNOWN : LiveGroup.Likeness.OTHER;
    }
  }

  /** Whether a session is there, though the server is known by another name by now. */
  private boolean isWith(LiveGroup group, HostPort door, String service) {
    for (ClientSession session : sessions.values()) {
      if (session.isAt(group, door, service)) {
        return true;
      }
    }
    return false;
  }

  private void addressesChanged() {
    groups.values().forEach(LiveGroup::reconsider);
  }

  InetSocketAddress resolve(Target target) throws IOException {
    return new InetSocketAddress(addressOf(target.host()), target.doorPort());
  }

  InetSocketAddress resolveApplication(Target target) throws IOException {
    return new InetSocketAddress(addressOf(target.host()), target.port());
  }

  private InetAddress addressOf(String host) throws UnknownHostException {
    InetAddress[] addresses = names.known(host);
    if (addresses.length == 0) {
      throw new UnknownHostException(host);
    }
    return addresses[0];
  }

  /** How long a server that beats may take to answer a data link. */
  long answerPatienceMs() {
    return ANSWER_SUSPECTS * settings.suspectMs();
  }

  ServerPeer peer(Target target) {
    return peers.computeIfAbsent(target.door(), this::newPeer);
  }

  private ServerPeer newPeer(HostPort door) {
    return new ServerPeer(loop, door, identity, settings.suspectMs(), directory);
  }

  /** Each tick of the agent's clock. */
  public void tick() {
    long nowNs = System.nanoTime();
    pools.values().forEach(pool -> pool.review(nowNs));
  }

  @Override
  public void acknowledge(boolean each) {
    boolean mayWait = settings.onLimit() == OnLimit.BLOCK;
    for (ClientSession session : sessions.values()) {
      if (mayWait
          || session.session().sentLog().wasFull()) { // else it is not worth the cache lines
        session.reviewLog();
      }
      ControlLink link = session.control();
      if (link != null && session.session().owesAck(each)) {
        link.received(session.session());
      }
    }
    for (ServerPeer peer : peers.values()) {
      ControlLink link = peer.link();
      if (link != null) {
        link.flush();
      }
    }
  }

  /** Tells the servers that this JVM lives. */
  @Override
  public void pulse() {
    for (ServerPeer peer : peers.values()) {
      ControlLink link = peer.link();
      if (link != null) {
        link.heartbeat();
      }
    }
  }

  /**
   * Hears whether the servers beat, and keeps the links to the backups warm.
   *
   * @param pausedNs for how long this JVM has not listened since the last time
   */
  @Override
  public void judge(long nowNs, long pausedNs) {
    for (ClientSession session : sessions.values()) {
      session.remind(nowNs, settings.suspectMs());
      session.reviewDirect(nowNs);
    }
    for (ServerPeer peer : List.copyOf(peers.values())) {
      peer.judge(pausedNs);
    }
    if (sessions.isEmpty()) {
      return;
    }
    long windowNs = TimeUnit.MILLISECONDS.toNanos(settings.resumeWindowMs());
    for (LiveGroup group : groupsInUse) {
      group.review(nowNs, pausedNs, windowNs, this::isUp);
      for (Target target : group.targets()) {
        warm(peer(target));
      }
    }
  }

  private boolean isUp(HostPort door) {
    ServerPeer peer = peers.get(door);
    return peer != null && peer.link() != null;
  }

  private static void warm(ServerPeer peer) {
    if (peer.link() == null && !peer.isAsked() && !peer.failedWithin(WARM_MS)) {
      peer.whenUp(
          new ServerPeer.Waiter() {
            @Override
            public void up(ControlLink link) {
              AgentLog.debug("control link up: door=" + peer.address());
            }

            @Override
            public void failed(ServerPeer.Failure failure, String cause) {
              AgentLog.debug("no control link: door=" + peer.address() + " cause=" + cause);
            }
          });
    }
  }

  /** Gives spare memory of idle sessions back. */
  @Override
  public void trim() {
    for (ClientSession session : sessions.values()) {
      session.session().sentLog().trim();
    }
  }

  void forget(ClientSession session) {
    ended.note(session.session(), session.serverInstance());
    if (sessions.remove(session.session().id()) != null) {
      metrics.sessionEnded(session.view());
    }
  }

  /** The JVM ends in order: what the kernel's close would tell the servers, said as it is. */
  public void goodbye() {
    for (ClientSession session : sessions.values()) {
      session.exit();
    }
    awaitLastWrites();
    for (ServerPeer peer : peers.values()) {
      ControlLink link = peer.link();
      if (link != null) {
        link.goodbye("exit");
      }
    }
  }

  /** A write that is in progress belongs to the stream; its end is told when it is over. */
  private void awaitLastWrites() {
    for (int i = 0; i < LAST_WRITES_MS && isAnyExiting(); i++) {
      CountDownLatch turned = new CountDownLatch(1);
      loop.execute(() -> loop.after(1, turned::countDown));
      try {
        turned.await(LAST_WRITES_MS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private boolean isAnyExiting() {
    for (ClientSession session : sessions.values()) {
      if (session.isExiting()) {
        return true;
      }
    }
    return false;
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
}

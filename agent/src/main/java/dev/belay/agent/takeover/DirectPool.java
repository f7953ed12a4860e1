package dev.belay.agent.takeover;

import dev.belay.agent.config.PortRange;
import dev.belay.agent.config.Target;
import dev.belay.agent.control.ControlLink;
import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.report.AgentLog;
import dev.belay.agent.wire.Bytes;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.Handshake;
import dev.belay.agent.wire.PairKeys;
import dev.belay.replicator.log.SessionId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The addresses from which connections to one target may go to the service's own port: as many as
 * the next connects will probably need, none when there are none.
 *
 * <p>An address belongs to the control link by which it was agreed. When that is gone its socket
 * stays open until the server has said, over the next one, that it has forgotten it; or another
 * process answers there; or {@link #LOST_MS} are over, when no server knows it any more.
 *
 * <p>Threads: {@link #take} those of the application, else the loop.
 */
final class DirectPool {
  /** Addresses at hand or offered; each is a descriptor and a port here, and memory there. */
  private static final int MOST = 128;

  private static final int LEAST = 4;

  /** As soon as such a part is missing there are to be others. */
  private static final int REFILL_PART = 4;

  /** Offered in one go, so that the loop has its turns. */
  private static final int MOST_AT_ONCE = 64;

  /** So many connects in the last second are worth it. */
  private static final int MANY = 4;

  /** Looks, one for each tick of the loop, of which the second has so many. */
  private static final int LOOKS = 20;

  /** Ports that are tried for one address. */
  private static final int TRIES = 16;

  /** One after the other, until none is offered for a while: a single one may be in use. */
  private static final int MOST_REFUSALS = 8;

  private static final long REFUSED_MS = 1000;
  private static final long LEAVING_MS = 2000;
  private static final long DISTRUST_MS = 600_000;

  /** As long as the kernel may still complete a handshake that was left (5 retries). */
  private static final long LOST_MS = 70_000;

  private final ClientSide side;
  private final ServerPeer peer;
  private final Target target;
  private final SecureRandom random;
  private final PortRange ports;
  private final Map<SessionId, Reservation> all = new HashMap<>();
  private final Queue<Reservation> ready = new ConcurrentLinkedQueue<>();
  private final AtomicInteger readyCount = new AtomicInteger();
  private final AtomicInteger connects = new AtomicInteger();
  private final AtomicBoolean isRefillDue = new AtomicBoolean();
  private final int[] looks = new int[LOOKS];
  private int look;

  /**
   * One after the other from a random one on (RFC 6056, 3.3.3): beside one that is free there are
   * others, as those that wait in TIME_WAIT were used one after the other, too. Behind one that is
   * not, which costs a throw, it goes on elsewhere.
   */
  private int nextPort;

  /** Written by the loop alone. */
  private volatile int offered;

  /** How many have not been closed yet; if there are ever more of them, no other is offered. */
  private int left;

  private int refusals;

  /** Where connections from here go: the server's end of the control link. */
  private volatile InetAddress remote;

  private volatile int size;
  private long offUntilNs = System.nanoTime();

  DirectPool(ClientSide side, ServerPeer peer, Target target, SecureRandom random) {
    this.side = side;
    this.peer = peer;
    this.target = target;
    this.random = random;
    this.ports = side.settings().directPorts();
    this.nextPort = random.nextInt();
  }

  ServerPeer peer() {
    return peer;
  }

  Target target() {
    return target;
  }

  // ---- application threads ----

  /** An address for a connection to {@code to}, or null: a host may have others. */
  Reservation take(InetAddress to) {
    InetAddress there = remote;
    if (there != null && !there.equals(to)) {
      return null;
    }
    connects.incrementAndGet();
    Reservation next;
    while ((next = ready.poll()) != null) {
      int left = readyCount.decrementAndGet() + offered; // what is offered needs no second waking
      if (left < size - size / REFILL_PART && isRefillDue.compareAndSet(false, true)) {
        side.loop().execute(this::refill);
      }
      if (next.take()) {
        if (next.terms().remote().equals(to)) { // else the control link was another's
          return next;
        }
        Reservation unused = next;
        side.loop().execute(() -> leave(unused));
      }
    }
    return null;
  }

  // ---- as many as are needed ----

  /** Each tick of the agent's clock. */
  void review(long nowNs) {
    looks[look] = connects.getAndSet(0);
    look = (look + 1) % LOOKS;
    int sum = 0;
    int most = 0;
    for (int each : looks) {
      sum += each;
      most = Math.max(most, each);
    }
    size = sum < MANY ? 0 : Math.max(LEAST, Math.min(MOST, 2 * most));
    forgetLost(nowNs);
    refill();
    if (sum == 0) {
      leaveUntaken();
    }
  }

  private void refill() {
    isRefillDue.set(false);
    ControlLink link = peer.link();
    boolean isOff = System.nanoTime() - offUntilNs < 0 || left > MOST;
    if (link == null || isOff) {
      return;
    }
    try {
      InetAddress there = link.ends().remote();
      InetAddress local = link.ends().local();
      remote = there;
      boolean isAny = false;
      for (int i = 0; i < MOST_AT_ONCE && readyCount.get() + offered < size; i++) {
        offer(link, there, local);
        isAny = true;
      }
      if (isAny) {
        link.flush();
      }
    } catch (IOException | IllegalStateException e) { // no ports left, or the link is gone
      AgentLog.debug("no address for a direct open: target=" + target + " cause=" + e.getMessage());
      off(REFUSED_MS);
    }
  }

  private void offer(ControlLink link, InetAddress there, InetAddress local) throws IOException {
    RawSocket socket = RawSocket.open();
    try {
      InetSocketAddress address = new InetSocketAddress(local, bind(socket, local));
      Bytes key = Bytes.random(PairKeys.KEY_BYTES, random);
      SessionId id = Handshake.sessionOf(key);
      Reservation.Terms terms =
          new Reservation.Terms(id, key, address, there, link, peer.serverInstance());
      ask(terms);
      all.put(id, new Reservation(socket, terms));
      offered++;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private void ask(Reservation.Terms terms) throws IOException {
    ControlLink link = terms.link();
    Bytes sealed = link.keys().sealReserved(terms.key(), terms.id());
    String service = String.valueOf(target.port());
    String address = ControlLink.text(terms.local());
    link.reserve(
        new Frame.Reserve(terms.id(), 0, sealed, service, address, link.ends().atClient()));
  }

  private int bind(RawSocket socket, InetAddress local) throws IOException {
    for (int tries = 1; ; tries++) {
      int port = ports.at(nextPort++);
      try {
        socket.bind(local, port);
        return port;
      } catch (IOException e) {
        nextPort = random.nextInt();
        if (tries == TRIES) {
          throw e;
        }
      }
    }
  }

  private void off(long ms) {
    offUntilNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
  }

  /** The server wants to be rid of its sessions. */
  void suspend() {
    off(LEAVING_MS);
    leaveUntaken();
  }

  /** Connections did not arrive though the control link holds: something is in between. */
  void distrust() {
    off(DISTRUST_MS);
    leaveUntaken();
    AgentLog.warnOnce(
        "direct." + target,
        "belay.direct: connections to " + target + " do not reach it; they go by the door");
  }

  private void leaveUntaken() {
    for (Reservation each : List.copyOf(all.values())) {
      if (each.leaveUntaken()) {
        leave(each);
      }
    }
    offered = 0;
    dropReady();
  }

  private void dropReady() {
    while (ready.poll() != null) {
      readyCount.decrementAndGet();
    }
  }

  // ---- what becomes of one ----

  /** RESERVED, RELEASED. */
  void heard(Frame.OfSession frame) {
    Reservation of = all.get(frame.session());
    if (of == null) {
      return;
    }
    if (frame instanceof Frame.Reserved) {
      refusals = 0;
      if (of.agreed()) {
        offered--;
        ready.add(of);
        readyCount.incrementAndGet();
      }
    } else if (of.isLeft()) {
      forgotten(of);
    } else if (of.isTaken()) {
      lostOnItsWay(of);
    } else if (of.leaveUntaken()) { // refused
      offered--;
      close(of);
      if (++refusals == MOST_REFUSALS) {
        refusals = 0;
        off(REFUSED_MS);
      }
    }
  }

  /** The server was asked again, and knows that the connection is not there. */
  private void lostOnItsWay(Reservation of) {
    DirectOpening opening = of.opening();
    if (opening != null) {
      distrust();
      opening.notThere();
    }
  }

  /** Whether the server has a connection from there, which it has not said: RELEASED if not. */
  void askAgain(Reservation of) {
    try {
      ask(of.terms());
      of.terms().link().flush();
    } catch (IOException | IllegalStateException e) { // the link is gone: the session is told
      AgentLog.debug("not asked again: " + e.getMessage());
    }
  }

  /**
   * Nobody at the other end knows the address any more. But segments of a connection that there was
   * may still be on their way: {@link #forgetLost} closes such a one.
   */
  private void forgotten(Reservation of) {
    if (!of.mayHaveConnected()) {
      close(of);
    }
  }

  private void close(Reservation of) {
    all.remove(of.terms().id());
    of.socket().close();
  }

  /** The server has the session: the port is its own. */
  void confirmed(Reservation of) {
    all.remove(of.terms().id());
  }

  /** It is not wanted any more. Its port stays ours until the server has heard of it. */
  void leave(Reservation of) {
    if (all.containsKey(of.terms().id())) {
      of.leave(System.nanoTime());
      if (peer.link() != null) {
        release(of, peer.link());
      }
    }
  }

  /** Another process has never heard of it. */
  private void release(Reservation of, ControlLink link) {
    if (peer.serverInstance().equals(of.terms().server())) {
      link.release(of.terms().id(), 0); // with the next flush
    } else {
      forgotten(of);
    }
  }

  private void forgetLost(long nowNs) {
    left = 0;
    for (Reservation each : List.copyOf(all.values())) {
      left += each.isLeft() ? 1 : 0;
      if (each.isLeft() && nowNs - each.leftNs() > TimeUnit.MILLISECONDS.toNanos(LOST_MS)) {
        close(each);
      }
    }
  }

  // ---- the control link ----

  /** Nothing is agreed any longer; who connects goes by the door. */
  void controlLost() {
    leaveUntaken();
    for (Reservation each : List.copyOf(all.values())) {
      DirectOpening opening = each.opening();
      if (opening != null && !each.isLeft()) {
        opening.leave(); // unless it is open
      }
    }
  }

  /** There is another one: what was agreed by the former is to be forgotten. */
  void controlUp(ControlLink link) {
    for (Reservation each : List.copyOf(all.values())) {
      if (each.isLeft()) { // else it is open, and asked about by its session
        release(each, link);
      }
    }
  }
}

package dev.belay.agent.door;

import dev.belay.agent.config.PortRange;
import dev.belay.agent.control.ControlLink;
import dev.belay.agent.report.AgentLog;
import dev.belay.agent.wire.Bytes;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.Handshake;
import dev.belay.replicator.log.SessionId;
import java.io.FileDescriptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import sun.nio.ch.BelayEvents;
import sun.nio.ch.BelayNative;

/**
 * Sessions that begin with a connection to the service's own port, from an address that client and
 * server have agreed upon beforehand: no door, no doorbell, and no turn of the loop before the
 * application has its connection.
 *
 * <p>What holds in every order of arrival:
 *
 * <ul>
 *   <li><b>An agreement lasts as long as its control link.</b> Afterwards, or when the session was
 *       asked for at the door, who comes from there is reset: its client believes in a session, so
 *       that it is not plain; and it may go on elsewhere, so that it is not the session's.
 *   <li><b>The port is the client's until this server has forgotten it.</b> The client keeps it
 *       bound until it hears RELEASED, so that nobody else can come from there. A client that is
 *       gone cannot; its addresses are forgotten after a while, in which whoever comes is reset.
 *   <li><b>What was there before is not the session's.</b> A connection from the same port may wait
 *       in the backlog, of a process or of a machine that had the address earlier, and its reset
 *       may be lost. So the client is told that it may come, and an address is forgotten, only when
 *       the application has accepted all that had come before ({@link Backlogs}).
 *   <li><b>Nor is what was under way before.</b> A handshake that was left may be completed for a
 *       minute: nobody else has the client's ports ({@code belay.direct}), and of its own it does
 *       not offer one again within that time whose connection this server has not confirmed.
 *   <li><b>The loop hears of an accepted session late</b>, in its next turn, since waking it would
 *       cost more than all the rest. So before it looks for a session it takes those that wait
 *       ({@link #settle}); and what its client says of one that has not come to accept yet (it may
 *       have connected, written and closed by now) is noted with the session ({@link #begun}).
 * </ul>
 *
 * <p>Threads: {@link #accepted}, {@link #isExpecting} and {@link #hasAccepted} any, else the loop.
 */
final class DirectOpens {
  /** Of one client; beyond it the door has to serve. */
  static final int LIMIT_PER_CLIENT = 512;

  /** As long as the kernel may still complete a handshake that a client has left (5 retries). */
  private static final long REMEMBERED_MS = 70_000;

  private final ServerSide side;
  private final Backlogs backlogs;
  private final Map<InetSocketAddress, Reserved> byAddress = new ConcurrentHashMap<>();
  private final Map<SessionId, Reserved> byId = new HashMap<>();
  private final Map<Bytes, Integer> counts = new HashMap<>();
  private final Queue<ServerSession> accepted = new ConcurrentLinkedQueue<>();
  private final Set<ControlLink> unflushed = new LinkedHashSet<>();

  DirectOpens(ServerSide side, Backlogs backlogs) {
    this.side = side;
    this.backlogs = backlogs;
  }

  // ---- agreeing ----

  /** A client would like to come from an address. */
  void reserve(Clients.Client client, Frame.Reserve asked) {
    ControlLink link = client.link();
    if (link == null) {
      return;
    }
    Reserved present = byId.get(asked.session());
    if (present != null && present.isOf(client.instance)) {
      lookFor(client, present);
      return;
    }
    ServerSession begun = begun(client, asked.session());
    if (begun != null) { // its client asks since it has not heard of that
      link.received(begun.session());
      flushSoon(link);
      return;
    }
    Listeners.Listener listener = side.listener(asked.service());
    Reserved offered = offered(client, link, asked, listener);
    if (offered == null) {
      refuse(link, asked);
    } else {
      backlogs.await(listener, isOpen -> answer(offered, asked, isOpen));
    }
  }

  /**
   * A session that the application has, and of which the client is told with each tick; or null.
   */
  private ServerSession begun(Clients.Client client, SessionId id) {
    ServerSession found = side.known(id);
    boolean isBegun =
        found != null
            && !byId.containsKey(id)
            && found.tellsPositions()
            && found.client() == client;
    return isBegun ? found : null;
  }

  private void answer(Reserved offered, Frame.Reserve asked, boolean isOpen) {
    if (isOpen && !side.takesNone() && offered.agree()) {
      offered.link().reserved(asked.session(), asked.epoch());
      flushSoon(offered.link());
    } else if (offered.isOffered()) {
      offered.cancel();
      forget(offered);
      refuse(offered.link(), asked);
    }
  }

  /** Its client has a connection, it says, that it has not heard of for long. */
  private void lookFor(Clients.Client client, Reserved present) {
    behindBacklog(
        present,
        isOpen -> {
          if (present.cancel()) { // else it was accepted, and its client is told so
            side.notConnected(present.session());
            released(client, present.session().session().id(), 0);
          }
        });
  }

  /**
   * Once the application has accepted all that had come to where the client connects: a listener
   * that was opened anew may have it.
   */
  private void behindBacklog(Reserved reserved, Backlogs.Waiter waiter) {
    Listeners.Listener former = reserved.listener();
    backlogs.await(
        former,
        isOpen -> {
          Listeners.Listener now = side.listener(former.service());
          if (isOpen || now == null) {
            waiter.passed(isOpen);
          } else {
            backlogs.await(now, waiter);
          }
        });
  }

  private void refuse(ControlLink link, Frame.Reserve asked) {
    link.released(asked.session(), asked.epoch());
    flushSoon(link);
  }

  /** Of many answers that are due together one wakes the client. */
  private void flushSoon(ControlLink link) {
    if (unflushed.isEmpty()) {
      side.loop()
          .execute(
              () -> {
                unflushed.forEach(ControlLink::flush);
                unflushed.clear();
              });
    }
    unflushed.add(link);
  }

  /** Null if it cannot be. */
  private Reserved offered(
      Clients.Client client, ControlLink link, Frame.Reserve asked, Listeners.Listener listener) {
    try {
      InetSocketAddress address = Takeovers.literal(asked.clientAddress());
      PortRange ports = side.settings().directPorts();
      boolean isPossible =
          !side.takesNone()
              && listener != null
              && address != null
              && isExpected(client, address, ports)
              && counts.getOrDefault(client.instance, 0) < LIMIT_PER_CLIENT;
      if (!isPossible || !isSame(link, asked, address, listener)) {
        return null;
      }
      Bytes key = link.keys().sealReserved(asked.sealedKey(), asked.session());
      boolean isFree =
          side.present(asked.session()) == null
              && !byId.containsKey(asked.session())
              && !byAddress.containsKey(address);
      if (!isFree || !Handshake.sessionOf(key).equals(asked.session())) {
        return null;
      }
      ServerSession session = side.reservedSession(asked, key, listener, address);
      return note(client, link, session, listener, address);
    } catch (IOException | RuntimeException e) { // a link, or the keys of its pair, are gone
      AgentLog.debug("not agreed: " + e.getMessage());
      return null;
    }
  }

  /** Whose ports others have set otherwise may not have them alone. */
  private static boolean isExpected(
      Clients.Client client, InetSocketAddress address, PortRange ports) {
    boolean isExpected = ports != null && ports.has(address.getPort());
    if (ports != null && !isExpected) {
      AgentLog.warnOnce(
          "direct.ports",
          "belay.direct="
              + ports
              + " here, but client "
              + client.name
              + " would come from port "
              + address.getPort()
              + ": set both alike; it goes by the door");
    }
    return isExpected;
  }

  /**
   * What the client believes to be its address is what is seen here, and what it will reach is this
   * listener and no other: nothing in between translates addresses or relays (a relay on the
   * client's machine has the client's address, but not its port), and no other process listens on
   * the port.
   */
  private static boolean isSame(
      ControlLink link, Frame.Reserve asked, InetSocketAddress address, Listeners.Listener listener)
      throws IOException {
    ControlLink.Ends ends = link.ends();
    return !listener.isShared()
        && asked.controlLink().equals(ends.atServer())
        && ends.remote().equals(address.getAddress())
        && listener.isReachedAt(ends.local());
  }

  private Reserved note(
      Clients.Client client,
      ControlLink link,
      ServerSession session,
      Listeners.Listener listener,
      InetSocketAddress address) {
    session.reservedFor(client);
    Reserved made = new Reserved(session, listener, address, link);
    byId.put(session.session().id(), made);
    byAddress.put(address, made);
    counts.merge(client.instance, 1, Integer::sum);
    return made;
  }

  /** The client will not come from there, or leaves what it has there; its port becomes free. */
  void release(Clients.Client client, Frame.Release asked) {
    Reserved found = byId.get(asked.session());
    if (found != null && found.isOf(client.instance) && found.cancel()) {
      side.notConnected(found.session());
      behindBacklog(
          found,
          isOpen -> {
            forget(found);
            released(client, asked.session(), asked.epoch());
          });
    } else {
      released(client, asked.session(), asked.epoch());
    }
  }

  private void released(Clients.Client client, SessionId session, int epoch) {
    ControlLink link = client.link();
    if (link != null) {
      ServerSession begun = begun(client, session);
      if (begun != null && begun.session().owesAck()) {
        link.received(begun.session()); // first: RELEASED alone would say that it is not here
      }
      link.released(session, epoch);
      flushSoon(link);
    }
  }

  private void forget(Reserved gone) {
    if (byId.remove(gone.session().session().id(), gone)) {
      byAddress.remove(gone.address(), gone);
      counts.computeIfPresent(
          gone.session().client().instance, (any, count) -> count == 1 ? null : count - 1);
    }
  }

  /** The control link is gone, or another has taken its place: nothing is agreed any longer. */
  void linkLost(ControlLink link) {
    List<Reserved> lost = new ArrayList<>();
    for (Reserved each : byId.values()) {
      if (each.isBy(link)) {
        each.cancel();
        lost.add(each);
      }
    }
    if (!lost.isEmpty()) {
      long rememberedMs = Math.max(REMEMBERED_MS, side.settings().resumeWindowMs());
      side.loop().after(rememberedMs, () -> lost.forEach(this::forgetLost));
    }
  }

  private void forgetLost(Reserved lost) {
    if (byId.get(lost.session().session().id()) == lost) {
      behindBacklog(lost, isOpen -> forgetCancelled(lost));
    }
  }

  private void forgetCancelled(Reserved lost) {
    if (!lost.isAccepted() || lost.session().isOver()) {
      forget(lost);
    }
  }

  /** As {@link #linkLost}, of all of a client's links but this. */
  void onlyBy(ControlLink link, Bytes client) {
    Set<ControlLink> former = new LinkedHashSet<>();
    for (Reserved each : byId.values()) {
      if (each.isOf(client) && !each.isBy(link)) {
        former.add(each.link());
      }
    }
    former.forEach(this::linkLost);
  }

  /** Whether clients rely on coming here. */
  boolean hasAgreed() {
    for (Reserved each : byId.values()) {
      if (each.isAgreed()) {
        return true;
      }
    }
    return false;
  }

  // ---- accepting: application threads ----

  /** Whether the application has sessions that the loop has not heard of. */
  boolean hasAccepted() {
    return !accepted.isEmpty();
  }

  boolean isExpecting() {
    return !byAddress.isEmpty();
  }

  /** See {@link BelayEvents#accepted}. */
  InetSocketAddress accepted(
      FileDescriptor connection, InetSocketAddress from, Listeners.Listener at) {
    Reserved found = byAddress.get(from);
    if (found == null || found.isOffered()) {
      return null; // its client does not come before it is told to
    }
    long suspectMs = side.settings().suspectMs();
    // Of a listener that is being closed meanwhile nobody would know whose it was.
    boolean isKnown = at != null && isWhole(connection);
    if (!isKnown || !found.accept(at.id(), suspectMs, System.nanoTime())) {
      reset(connection);
      return BelayEvents.NOBODY;
    }
    byAddress.remove(from, found);
    try {
      found.session().acceptedDirectly(connection, at.port());
    } catch (Throwable e) { // its client finds out, and goes elsewhere
      side.loop().execute(() -> notAccepted(found));
      reset(connection);
      AgentLog.error("accepted connection not protected: " + e, e);
      return BelayEvents.NOBODY;
    }
    accepted.add(found.session());
    side.loop().later(this::settle);
    return from;
  }

  private void notAccepted(Reserved broken) {
    forget(broken);
    side.notConnected(broken.session());
  }

  /** One that was reset by now may be another's, which had the port before. */
  private static boolean isWhole(FileDescriptor connection) {
    try {
      return !BelayNative.hasFailed(connection);
    } catch (IOException e) {
      return false;
    }
  }

  /** Whatever comes of it: the application does not get the connection. */
  static void reset(FileDescriptor connection) {
    try {
      BelayNative.option(connection, StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException e) {
      AgentLog.debug("ends in order, not by a reset: " + e.getMessage());
    }
    try {
      BelayNative.close(connection);
    } catch (IOException e) {
      return; // the number is free all the same (close(2), "Dealing with error returns")
    }
  }

  // ---- what the loop makes of it ----

  /** Sessions that the application has accepted since. */
  void settle() {
    ServerSession next;
    while ((next = accepted.poll()) != null) {
      Reserved reserved = byId.get(next.session().id());
      if (reserved != null && reserved.session() == next) {
        forget(reserved);
      }
      side.beginDirectly(next);
      next.begunDirectly();
    }
  }

  /**
   * A session whose client speaks of it: that of an address which was agreed upon; or null. It has
   * begun from now on, though the application may not have accepted it yet.
   */
  ServerSession begun(SessionId id) {
    Reserved found = byId.get(id);
    if (found == null || !(found.isAgreed() || found.isAccepted())) {
      return null;
    }
    side.beginDirectly(found.session());
    found.session().awaitConnection();
    return found.session();
  }

  /** Whoever comes for it is too late. */
  void over(ServerSession session) {
    Reserved found = byId.get(session.session().id());
    if (found != null && found.session() == session) {
      found.cancel();
    }
  }

  /**
   * The client looks for its session at the door: no connection from that address is it any more.
   */
  void cancel(SessionId id) {
    Reserved found = byId.get(id);
    if (found != null) {
      found.cancel();
    }
  }
}

package dev.belay.agent.sim;

import dev.belay.agent.control.Endpoint;
import dev.belay.agent.door.ServerSide;
import dev.belay.agent.session.Session;
import dev.belay.agent.sim.app.Scripts;
import dev.belay.agent.sim.cluster.Member;
import dev.belay.agent.sim.kernel.Inside;
import dev.belay.agent.sim.kernel.Jvm;
import dev.belay.agent.sim.kernel.World;
import dev.belay.agent.takeover.ClientSide;
import dev.belay.replicator.held.HeldSessions;
import dev.belay.replicator.log.SessionId;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What must hold of all sessions after every step, and of all JVMs when all is over. */
final class Invariants {
  /** The positions that a session had at its last look. */
  private static final class Seen {
    private long received;
    private long sent;
    private long retainedFrom;
    private int epoch;

    /** At the client, the log given up: below this a new server's link had all when it began. */
    private long givenBefore;
  }

  private record Incarnation(SessionId id, int epoch) {}

  private final World world;
  private final Scripts scripts;
  private final List<Jvm> jvms = new ArrayList<>();
  private final Map<Session, Seen> seen = new IdentityHashMap<>();
  private final Map<Incarnation, Session> incarnations = new LinkedHashMap<>();

  Invariants(World world, Scripts scripts) {
    this.world = world;
    this.scripts = scripts;
  }

  void add(Jvm jvm) {
    jvms.add(jvm);
  }

  /** A JVM that may be known already. */
  void addOnce(Jvm jvm) {
    if (!jvms.contains(jvm)) {
      jvms.add(jvm);
    }
  }

  /** Sessions of a JVM in one role. */
  static List<Endpoint> sessions(Jvm jvm, boolean asClient) {
    Object side = asClient ? Inside.clientOf(jvm.agent()) : Inside.serverOf(jvm.agent());
    if (side == null) {
      return List.of();
    }
    List<Endpoint> found = new ArrayList<>(4);
    Iterable<?> all = asClient ? ((ClientSide) side).sessions() : ((ServerSide) side).sessions();
    for (Object each : all) {
      found.add((Endpoint) each);
    }
    return found;
  }

  void check() {
    for (Jvm jvm : jvms) {
      if (!jvm.isDead()) {
        for (Endpoint endpoint : sessions(jvm, true)) {
          checkClient(endpoint);
        }
      }
    }
    for (Jvm jvm : jvms) {
      if (!jvm.isDead()) {
        for (Endpoint endpoint : sessions(jvm, false)) {
          checkServer(endpoint);
        }
      }
    }
  }

  private void checkClient(Endpoint endpoint) {
    Session session = endpoint.session();
    Seen last = seenOf(session);
    boolean isCut = session.sentLog().retainedFrom() > last.retainedFrom;
    if (session.epoch() > last.epoch && session.sentLog().isDemoted()) {
      last.givenBefore = session.sentLog().retainedFrom();
    }
    checkPositions(session);
    if ((boolean) Inside.get(session.sentLog(), "demoted")) {
      scripts.loseTurns(); // of what was written before others held it
    }
    boolean isWanted = !session.sentLog().isDemoted() && !endpoint.isOver() && !isAllGiven(session);
    if (isCut && isWanted && heldEnd(session.id()) < session.sentLog().retainedFrom()) {
      throw world.fail("the input log was cut, and nobody else has it: " + describe(session));
    }
  }

  /**
   * The client has closed, and the incarnation that it is with has all that it wrote: when the
   * handler has closed as well the members drop the log, though the client may hear that it was
   * durable only afterwards.
   */
  private boolean isAllGiven(Session client) {
    Session server = incarnations.get(new Incarnation(client.id(), client.epoch()));
    return client.isLocalClosed()
        && server != null
        && server.receivedPosition() >= client.finalSent();
  }

  private void checkServer(Endpoint endpoint) {
    Session session = endpoint.session();
    checkPositions(session);
    Incarnation incarnation = new Incarnation(session.id(), session.epoch());
    Session former = incarnations.get(incarnation);
    if (former != null && former != session) {
      throw world.fail("two incarnations of one epoch: " + describe(session));
    }
    incarnations.put(incarnation, session);
    Session client = clientOf(session.id());
    boolean isPresent = client != null && client.epoch() == session.epoch();
    if (isPresent && !endpoint.isOver()) {
      if (session.sentLog().retainedFrom() > client.receivedPosition()) {
        throw world.fail("output was dropped that the client has not: " + describe(session));
      }
      long onItsWay = seenOf(client).givenBefore;
      long here = Math.max(session.receivedPosition(), onItsWay);
      boolean isHeldHere = client.sentLog().retainedFrom() <= here;
      if (!isHeldHere && client.sentLog().retainedFrom() > heldEnd(session.id())) {
        throw world.fail("input was dropped that the server has not: " + describe(client));
      }
    }
  }

  private Session clientOf(SessionId id) {
    for (Jvm jvm : jvms) {
      if (!jvm.isDead()) {
        for (Endpoint endpoint : sessions(jvm, true)) {
          if (endpoint.session().id().equals(id)) {
            return endpoint.isOver() ? null : endpoint.session();
          }
        }
      }
    }
    return null;
  }

  /** How far the members' logs of a session go; of the dead ones, too: they may have just died. */
  private static long heldEnd(SessionId id) {
    long end = 0;
    for (Member member : Member.all()) {
      HeldSessions<?> sessions = (HeldSessions<?>) Inside.get(member.holder(), "sessions");
      if (sessions.isHeld(id)) {
        end = Math.max(end, sessions.known(id).record().endPosition());
      }
    }
    return end;
  }

  private Seen seenOf(Session session) {
    return seen.computeIfAbsent(session, any -> new Seen());
  }

  private void checkPositions(Session session) {
    Seen last = seenOf(session);
    boolean isBack =
        session.receivedPosition() < last.received
            || session.sentPosition() < last.sent
            || session.sentLog().retainedFrom() < last.retainedFrom
            || session.epoch() < last.epoch;
    if (isBack) {
      throw world.fail("a position went back: " + describe(session));
    }
    last.received = session.receivedPosition();
    last.sent = session.sentPosition();
    last.retainedFrom = session.sentLog().retainedFrom();
    last.epoch = session.epoch();
  }

  private static String describe(Session session) {
    return (session.isClient() ? "client" : "server")
        + " session="
        + session.id().shortString()
        + " epoch="
        + session.epoch()
        + " received="
        + session.receivedPosition()
        + " sent="
        + session.sentPosition()
        + " retained from="
        + session.sentLog().retainedFrom();
  }

  /** When all conversations are over and some time has passed nothing of them is left. */
  void checkNothingIsLeft() {
    for (Jvm jvm : jvms) {
      if (!jvm.isDead()) {
        for (boolean asClient : new boolean[] {true, false}) {
          for (Endpoint endpoint : sessions(jvm, asClient)) {
            throw world.fail("left behind in " + jvm.name() + ": " + describe(endpoint.session()));
          }
        }
      }
    }
  }
}

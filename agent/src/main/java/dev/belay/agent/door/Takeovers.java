package dev.belay.agent.door;

import dev.belay.agent.cluster.Cluster;
import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.replay.LoggedTurns;
import dev.belay.agent.replay.Replay;
import dev.belay.agent.report.AgentLog;
import dev.belay.agent.session.InputLog;
import dev.belay.agent.session.Session;
import dev.belay.agent.session.SessionLine;
import dev.belay.agent.wire.DoorReply;
import dev.belay.agent.wire.Refusal;
import dev.belay.agent.wire.ResumePreface;
import dev.belay.replicator.log.SessionId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;

/**
 * Sessions that come from other servers, up to the doorbell: which may come, in which order, and
 * with what log.
 *
 * <p>Invariant: of one session at most one takeover waits, that of the highest epoch, and it is
 * higher than that of the incarnation that is here. Each that was let into a herd leaves it once.
 * Loop thread.
 */
final class Takeovers implements Incoming.Owner {
  /** Takeovers that run at a time; more would only make each other slower. */
  private static final int RUNNING_LIMIT = 64;

  /** Takeovers that are prepared at a time, beside those that a client waits for. */
  private static final int PREPARED_LIMIT = 16;

  private static final int WAITING_LIMIT = 20_000;

  /** How long the members are asked for a log that the client has whole. */
  private static final long SPARE_LOG_MS = 25;

  private final ServerSide side;
  private final Map<SessionId, Incoming> incoming = new HashMap<>();
  private final Places<ServerSession> places = new Places<>(ServerSession::awaitsOthers);
  private final Herd herd;
  private final Herd preparedHerd;

  Takeovers(ServerSide side) {
    this.side = side;
    this.herd = new Herd(RUNNING_LIMIT, WAITING_LIMIT, side.loop()::execute);
    this.preparedHerd = new Herd(PREPARED_LIMIT, WAITING_LIMIT, side.loop()::execute);
  }

  /**
   * A client asks for it.
   *
   * @param present the incarnation that is here, or null
   */
  void begin(ServerSession present, RawSocket link, ResumePreface preface, Clients.Pair pair)
      throws IOException {
    Listeners.Listener listener = side.listener(preface.service());
    if (listener == null) {
      side.refuse(link, pair, preface, Refusal.NO_SUCH_SERVICE, preface.service());
      return;
    }
    Incoming former = incoming.get(preface.session());
    int ours = present != null ? present.session().epoch() : -1;
    ours = former != null ? Math.max(ours, former.preface.epoch()) : ours;
    if (preface.epoch() <= ours) {
      side.refuse(link, pair, preface, Refusal.STALE_EPOCH, "ours=" + ours);
      return;
    }
    if (preface.heldFrom() > 0 && side.cluster() == null) {
      side.refuse(link, pair, preface, Refusal.LOG_TRUNCATED, "from=" + preface.heldFrom());
      return;
    }
    Incoming next = new Incoming(listener, link, preface, pair, this);
    if (former != null) {
      former.drop();
    }
    incoming.put(preface.session(), next);
    long patienceMs = preface.heldFrom() > 0 ? side.settings().suspectMs() : SPARE_LOG_MS;
    Runnable claim = () -> next.claim(side.cluster(), side.loop(), patienceMs);
    if (!herdOf(preface).enter(claim)) {
      incoming.remove(preface.session());
      side.refuse(link, pair, preface, Refusal.BUSY, "too many takeovers");
    }
  }

  private Herd herdOf(ResumePreface preface) {
    return preface.prepares() ? preparedHerd : herd;
  }

  @Override
  public void stale(Incoming of, String cause) {
    end(of, Refusal.STALE_EPOCH, cause);
  }

  /** Everything may have changed since it came. */
  @Override
  public void ready(Incoming of, Cluster.Claim claim) {
    ResumePreface preface = of.preface;
    ServerSession present = side.present(preface.session());
    if (side.takesNone()) {
      end(of, Refusal.SHUTTING_DOWN, "");
    } else if (of.isDropped() || !of.isStillPaired()) {
      end(of, null, "");
    } else if (present != null && present.session().epoch() >= preface.epoch()) {
      end(of, Refusal.STALE_EPOCH, "ours=" + present.session().epoch());
    } else if (claim == null && preface.heldFrom() > 0) {
      end(of, Refusal.LOG_TRUNCATED, "held from=" + preface.heldFrom() + ", and no log here");
    } else if (claim != null && !holdsLog(preface, claim)) {
      end(of, Refusal.LOG_TRUNCATED, "log ends at " + claim.record().endPosition());
    } else {
      incoming.remove(preface.session(), of);
      if (present != null) {
        present.supersede(preface.epoch());
      }
      try {
        startReplay(of, claim);
      } catch (IOException e) {
        AgentLog.debug("takeover not begun: " + e.getMessage());
        side.loop().close(of.link);
        herdOf(preface).leave();
      }
    }
  }

  /** A log that reaches beyond what was written is another's; unless the session goes on. */
  private static boolean holdsLog(ResumePreface preface, Cluster.Claim claim) {
    return preface.prepares() || claim.record().endPosition() <= preface.heldTo();
  }

  private void end(Incoming of, Refusal reason, String text) {
    incoming.remove(of.preface.session(), of);
    herdOf(of.preface).leave();
    try {
      if (reason != null && of.isStillPaired()) {
        side.refuse(of.link, of.pair, of.preface, reason, text);
        return;
      }
    } catch (IOException e) {
      AgentLog.debug("refusal not sent: " + e.getMessage());
    }
    side.loop().close(of.link);
  }

  /** A replay is through, or given up, or never was one: the next may begin. */
  void ended(ServerSession session) {
    places.leave(session);
  }

  /** Now and then. */
  void review() {
    places.review();
  }

  private void startReplay(Incoming of, Cluster.Claim claim) throws IOException {
    ResumePreface preface = of.preface;
    Cluster.Logged logged = logged(of, claim);
    Session session = side.session(preface, of.listener, logged);
    ServerSession taken =
        new ServerSession(
            side,
            session,
            preface.sessionKey(of.pair.keys()),
            of.listener,
            addressOf(preface.clientAddress(), of.link),
            arrival(preface, claim, session.input()),
            logged);
    long from = claim == null ? 0 : claim.record().endPosition();
    DoorReply reply = DoorReply.replay(from, -1, false);
    side.send(of.link, reply.encode(of.pair.keys(), preface.linkNumber()));
    AgentLog.info(
        SessionLine.of(preface.prepares() ? "move is prepared" : "replay begins", session)
            .with("epoch", preface.epoch())
            .with("client", taken.view().peer())
            .with("logged", from)
            .toString());
    places.note(taken, herdOf(preface));
    side.begin(taken, of.link, of.pair);
  }

  /** Of a takeover that is only prepared the log is claimed later: its server still has it. */
  private Cluster.Logged logged(Incoming of, Cluster.Claim claim) {
    Cluster cluster = side.cluster();
    SessionId id = of.preface.session();
    int epoch = of.preface.epoch();
    String service = of.listener.service();
    if (cluster == null) {
      return null;
    }
    return of.preface.prepares()
        ? cluster.prepare(id, service, epoch, side.environment())
        : cluster.goOn(id, service, epoch, claim, side.environment());
  }

  private Arrival arrival(ResumePreface preface, Cluster.Claim claim, InputLog copy) {
    Replay.Client client =
        new Replay.Client(
            preface.receivedPosition(),
            preface.receivedChecksum(),
            preface.inputEnded(),
            preface.clientClosed());
    LoggedTurns held = LoggedTurns.none();
    if (claim != null) {
      long to = claim.record().endPosition();
      LoggedTurns.Held all = new LoggedTurns.Held(claim.log(), claim.record().id(), to);
      held = new LoggedTurns(all, copy, side.loop());
    }
    return new Arrival(side, client, held, preface.prepares());
  }

  /** The address that the first server saw, so that a handler that echoes it says the same. */
  private static InetSocketAddress addressOf(String text, RawSocket link) throws IOException {
    InetSocketAddress named = literal(text);
    return named != null ? named : link.remoteAddress();
  }

  /** An address and port as clients write them, or null. */
  static InetSocketAddress literal(String text) {
    int colon = text.lastIndexOf(':');
    if (colon > 0 && isLiteral(text.substring(0, colon))) {
      try {
        int port = Integer.parseInt(text.substring(colon + 1));
        return new InetSocketAddress(InetAddress.getByName(text.substring(0, colon)), port);
      } catch (IllegalArgumentException | UnknownHostException e) {
        AgentLog.debug("client address not understood: " + text);
      }
    }
    return null;
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
}

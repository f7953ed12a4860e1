package dev.belay.agent.door;

import dev.belay.agent.cluster.Cluster;
import dev.belay.agent.cluster.Shipment;
import dev.belay.agent.control.ControlLink;
import dev.belay.agent.control.Endpoint;
import dev.belay.agent.descriptor.GuardedDescriptor;
import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.replay.Replay;
import dev.belay.agent.report.AgentLog;
import dev.belay.agent.report.SessionView;
import dev.belay.agent.session.Pump;
import dev.belay.agent.session.Session;
import dev.belay.agent.wire.Bytes;
import dev.belay.agent.wire.DoorReply;
import dev.belay.agent.wire.Refusal;
import dev.belay.agent.wire.ResumePreface;
import java.io.FileDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import sun.nio.ch.BelayNative;
import sun.nio.ch.BelaySeam;

/**
 * The server's end of one session: rings the doorbell for it, replays if it comes from another
 * server, and takes new links as they come.
 *
 * <p>Invariant: it has at most one link, or one replay, at a time; a link that it does not take is
 * closed. Loop thread, but for {@link #accepted}.
 */
final class ServerSession extends Endpoint implements Doorbell.Visitor, Shipment.Owner {
  /** What the session is doing. */
  enum State {
    /** The application has not accepted yet. To LIVE, REPLAYING. */
    RINGING,
    /** A fresh handler is brought to where the client is. To LIVE, OVER. */
    REPLAYING,
    /** The application has a link, or had closed. To PARKED. */
    LIVE,
    /** Waits for the client's RESUME. To LIVE, OVER. */
    PARKED,
    /** Nothing more happens. */
    OVER
  }

  /** A client that noticed the loss itself has resumed by then; it need not hear of it. */
  private static final long TELL_LOSS_MS = 100;

  /** A takeover that is not accepted within so many {@code belay.suspect} goes elsewhere. */
  private static final int ACCEPT_SUSPECTS = 10;

  private final ServerSide side;
  private final Bytes key;
  private final Listeners.Listener listener;
  private final InetSocketAddress clientAddress;
  private final Arrival arrival;
  private final ServerReport report;
  private final Shipment shipment;
  private volatile State state = State.RINGING;
  private Clients.Client client;
  private volatile RawSocket link;
  private RawSocket bell;
  private EventLoop.Timer ringing;
  private int parkings;
  private long toldDurable;
  private long idlePosition = -1;
  private int place = ClientSessions.NOWHERE;
  private long idleNs;

  /** Another incarnation has the log: this one goes on only as long as its client stays. */
  private boolean isFenced;

  private String stayReason;

  /** The client has said that it knows of this end's close. */
  private boolean isEndKnown;

  /** Somebody may continue the session: its log is not to be dropped. */
  private boolean isToBeContinued;

  /**
   * @param key who knows it is the session's client
   * @param arrival when the session comes from another server, else null
   * @param logged where its input goes, or null without a cluster
   */
  ServerSession(
      ServerSide side,
      Session session,
      Bytes key,
      Listeners.Listener listener,
      InetSocketAddress clientAddress,
      Arrival arrival,
      Cluster.Logged logged) {
    super(session, side.loop());
    this.side = side;
    this.key = key;
    this.listener = listener;
    this.clientAddress = clientAddress;
    this.arrival = arrival;
    this.shipment = logged == null ? null : logged.shipment();
    this.report = new ServerReport(this, side.metrics());
    if (arrival != null) {
      arrival.of(this, report);
    }
  }

  void client(Clients.Client of) {
    if (client != null) {
      client.sessions.remove(this);
    }
    client = of;
    client.sessions.add(this);
  }

  Clients.Client client() {
    return client;
  }

  /** See {@link ClientSessions}, whose business it is. */
  int place() {
    return place;
  }

  void place(int next) {
    place = next;
  }

  State state() {
    return state;
  }

  InetSocketAddress clientAddress() {
    return clientAddress;
  }

  /** The way of its input to the other members, or null without a cluster. */
  Shipment shipment() {
    return shipment;
  }

  /** How long nothing has moved, nor its client been asked, as far as this was looked at. */
  long idleNs(long nowNs) {
    long moved = session.receivedPosition() + session.sentPosition() + session.remoteReceived();
    if (moved != idlePosition) {
      idlePosition = moved;
      idleNs = nowNs;
    }
    return nowNs - idleNs;
  }

  /** See {@link #idleNs}. */
  void idleAsked(long nowNs) {
    idleNs = nowNs;
  }

  /** Whether this is the key that the session was opened with; constant time. */
  boolean hasKey(Bytes other) {
    return key.equals(other);
  }

  /** True when it has begun, or is to begin, with a replay. */
  boolean isTakeover() {
    return arrival != null;
  }

  /** True while its client has another server. */
  boolean isPrepared() {
    return arrival != null && arrival.isPrepared();
  }

  /** True of a takeover for which this server has nothing to do at the moment. */
  boolean awaitsOthers() {
    return arrival != null && arrival.awaitsOthers();
  }

  /** A replay is no news until it is through. */
  @Override
  public boolean tellsPositions() {
    return state != State.REPLAYING && state != State.RINGING;
  }

  /** Rings the application's doorbell; the link waits. */
  void ring(RawSocket first) throws IOException {
    link = first;
    if (shipment != null && !isPrepared()) {
      shipment.begin(session.input(), this);
    }
    watchRing();
    bell = side.doorbell().ring(listener, this);
  }

  /**
   * An application may be slow to accept; but not for a client that is gone, nor for one that waits
   * and may have other servers.
   */
  private void watchRing() {
    boolean isAwaited = isTakeover() && !isPrepared();
    long windowMs = side.settings().resumeWindowMs();
    long acceptMs = Math.min(windowMs / 2, ACCEPT_SUSPECTS * side.settings().suspectMs());
    ringing = loop.after(isAwaited ? acceptMs : windowMs, () -> ringInVain(isAwaited));
  }

  private void ringInVain(boolean isAwaited) {
    if (state != State.RINGING || isOver()) {
      return;
    }
    if (control() == null) {
      breakOff("not accepted, and the client is gone");
    } else if (isAwaited) {
      unanswered("not in time");
    } else {
      watchRing();
    }
  }

  // ---- opened directly ----

  /** A client may connect for it; before anybody else knows of it. */
  void reservedFor(Clients.Client of) {
    client = of;
  }

  /** Its client has spoken of it: it has connected, and the application is to accept it. */
  void awaitConnection() {
    if (state == State.RINGING && ringing == null && !isOver()) {
      watchRing();
    }
  }

  /** True until the application has accepted it. */
  boolean isReservedOnly() {
    return state == State.RINGING && !isOver() && descriptor == null;
  }

  /** Its client has left the connection, wherever that was: nobody will accept it. */
  void notConnected() {
    isToBeContinued = true;
    breakOff("not connected");
  }

  /**
   * The application has accepted the client's own connection. Accepting thread, as long as the loop
   * has not heard of it.
   */
  void acceptedDirectly(FileDescriptor accepted, int port) throws IOException {
    GuardedDescriptor guarded = new GuardedDescriptor(accepted, session, this);
    InetAddress local = BelayNative.localAddress(accepted).getAddress();
    guarded.addresses(side.local(local, port), clientAddress);
    if (shipment != null) {
      shipment.begin(session.input(), this);
    }
    session.forgetAcks(); // with the first RECEIVED the client knows that it is here
    descriptor = guarded;
    guarded.useOwnLink();
    BelaySeam.guard(BelaySeam.number(accepted), guarded);
  }

  /** The loop has heard of that. */
  void begunDirectly() {
    if (ringing != null) {
      ringing.cancel();
      ringing = null;
    }
    if (isOver()) { // and may have ended without having seen the descriptor
      descriptor.breakOff();
    } else {
      state = State.LIVE;
      checkOver();
    }
  }

  @Override
  public InetSocketAddress accepted(FileDescriptor accepted, int port) {
    try {
      GuardedDescriptor guarded = new GuardedDescriptor(accepted, session, this);
      InetSocketAddress local = side.local(link.localAddress().getAddress(), port);
      guarded.addresses(local, clientAddress);
      descriptor = guarded;
      BelaySeam.guard(BelaySeam.number(accepted), guarded);
      if (arrival != null) {
        guarded.useOwnLink();
      } else {
        guarded.install(link, null);
      }
      loop.execute(this::answered);
      return clientAddress;
    } catch (IOException e) {
      loop.execute(() -> notLinked(String.valueOf(e.getMessage())));
      return clientAddress;
    }
  }

  private void notLinked(String cause) {
    unanswered(cause);
    if (descriptor != null) {
      descriptor.breakOff(); // if the session had ended without having seen it
    }
  }

  private void answered() {
    ringing.cancel(); // else it would hold the session in memory when that is long over
    ringing = null;
    if (isOver()) { // and may have ended without having seen the descriptor
      descriptor.breakOff();
      return;
    }
    if (arrival == null) {
      loop.close(bell);
      bell = null;
      loop.unwatch(link);
      descriptor.drop(link);
      link = null;
      state = State.LIVE;
      return;
    }
    state = State.REPLAYING;
    loop.unwatch(bell);
    try {
      arrival.begin(descriptor, link, bell);
    } catch (IOException e) {
      arrival.failed(Refusal.UNSPECIFIED, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void unanswered(String cause) {
    String text = "the application does not accept: " + cause;
    if (arrival != null && !isOver()) {
      arrival.failed(Refusal.UNSPECIFIED, text);
    } else {
      // The client finds its link reset, and the session unknown here: it goes elsewhere.
      isToBeContinued = true;
      breakOff(text);
    }
  }

  // ---- from another server ----

  /** The client has received so much from the server that it still has. */
  void clientReceived(long position, int checksum) {
    if (arrival != null) {
      arrival.clientReceived(position, checksum);
    }
  }

  /** It is not to come here: the client finds another server. */
  void abandonPrepared(String cause) {
    if (isPrepared() && !isOver()) {
      notPrepared(Refusal.SHUTTING_DOWN, cause);
    }
  }

  /** The client has left its server: the session goes on here. */
  void switchTo(Replay.Client last) {
    if (isPrepared() && shipment != null) {
      shipment.begin(session.input(), this);
    }
    if (arrival != null) {
      arrival.switchTo(last);
    }
    if (state == State.RINGING && !isOver()) { // from now on the client waits
      ringing.cancel();
      watchRing();
    }
  }

  /** The handler is where the client is; {@code rest} is what the link gets first. */
  void arrived(Pump rest, long clientHas) {
    state = State.LIVE;
    side.replayEnded(this);
    session.remoteReceived(clientHas);
    try {
      RawSocket adopted = link;
      link = null;
      adopt(adopted, rest);
      side.acknowledge(this);
      tellAgain();
      checkOver();
    } catch (IOException e) {
      dropLink();
      lost(String.valueOf(e.getMessage()));
    }
  }

  /** The handler cannot continue it; another may. */
  void notArrived(String cause) {
    isToBeContinued = true;
    tellLinkLost(); // the client asks again, here or elsewhere; it may not find its link reset
    breakOff(cause);
  }

  /** Nothing has happened: the client still has its server. */
  void notPrepared(Refusal reason, String cause) {
    report.notPrepared(reason, cause);
    isToBeContinued = true;
    ControlLink control = control();
    if (control != null && !isOver()) {
      // No ABORT: the client may be about to switch, and its session is not over.
      control.stays(session.id(), session.epoch(), reason.text() + ": " + cause);
    }
    breakOff(cause);
  }

  /** Ends the session here and tells the client why. */
  void abort(Refusal reason, String cause) {
    ControlLink control = control();
    if (control != null && !isOver()) {
      control.abort(session.id(), session.epoch(), reason, cause);
    }
    breakOff(cause);
  }

  /** Another incarnation continues the session: this one ends, and says nothing to the client. */
  void supersede(int byEpoch) {
    report.fenced(byEpoch);
    isToBeContinued = true;
    breakOff("superseded by epoch " + byEpoch);
  }

  /** The client has given the session up, or this incarnation of it. */
  void clientAborted(Refusal reason, String text) {
    if (isPrepared()) {
      isToBeContinued = true;
      breakOff("not wanted here: " + text);
    } else if (reason == Refusal.STALE_EPOCH) {
      movedAway();
    } else {
      peerAborted(text);
    }
  }

  /** The client has gone on elsewhere, and says so itself. */
  void movedAway() {
    report.movedAway();
    isToBeContinued = true;
    breakOff("moved to another server");
  }

  /** The client was asked to move the session and cannot: why, until it is asked again. */
  void stays(String reason) {
    stayReason = reason;
  }

  /** What its client said to that before is no answer. */
  void askedAgain() {
    stayReason = null;
  }

  /** See {@link #stays}; or null. */
  String stayReason() {
    return stayReason;
  }

  // ---- the log ----

  @Override
  public void durable() {
    side.durableNews().add(this);
  }

  @Override
  public void fenced() {
    loop.execute(
        () -> {
          isFenced = true;
          isToBeContinued = true;
          if (state == State.PARKED && !isOver()) {
            side.metrics().movedAway();
            breakOff("fenced: another server has the session");
          }
        });
  }

  @Override
  public void givenUp() {
    report.demoted();
  }

  /** With the next flush, if the client does not know it. */
  void tellDurable(ControlLink control) {
    long position = shipment == null ? 0 : shipment.durablePosition();
    if (position != toldDurable && control.durable(session, position)) {
      toldDurable = position;
    }
  }

  // ---- the link comes and goes ----

  @Override
  protected void lost(String cause) {
    if (state == State.PARKED || state == State.OVER) {
      return; // a resume is under way already
    }
    if (needsNoLink()) {
      endInOrder();
      return;
    }
    if (isFenced) {
      side.metrics().movedAway();
      breakOff("fenced: another server has the session");
      return;
    }
    state = State.PARKED;
    AgentLog.debug("parked: session=" + session.id().shortString() + " cause=" + cause);
    int parking = ++parkings;
    loop.after(TELL_LOSS_MS, () -> tellLoss(parking));
    loop.after(side.settings().resumeWindowMs(), () -> expire(parking, "resume window expired"));
    checkClient();
  }

  /** The client has not come by itself: it may not know, or have closed its end already. */
  private void tellLoss(int parking) {
    if (state == State.PARKED && parking == parkings) {
      tellLinkLost();
    }
  }

  private void tellLinkLost() {
    ControlLink control = control();
    if (control != null) {
      control.linkLost(session);
    }
  }

  /** A client process that is gone, by what its kernel said, does not come back. */
  void checkClient() {
    if (session.isLocalClosed() && client.link() == null && client.endedInOrder()) {
      over(); // both ends are gone
    } else if (state == State.PARKED && client.link() == null && client.endedInOrder()) {
      int parking = parkings;
      loop.after(side.settings().suspectMs(), () -> expireWithoutClient(parking));
    }
  }

  private void expireWithoutClient(int parking) {
    if (client.link() == null) {
      expire(parking, "the client's process ended");
    }
  }

  /** No control link for the whole of a resume window. */
  void clientGone() {
    if (session.isLocalClosed()) {
      over();
    } else if (state == State.LIVE) {
      dropLink();
      lost("no control link");
    } else if (state != State.PARKED) {
      breakOff("the client is gone");
    }
    expire(parkings, "the client is gone");
  }

  private void expire(int parking, String reason) {
    if (state == State.PARKED && parking == parkings && !isOver()) {
      if (owesNothing()) {
        over();
        return;
      }
      isToBeContinued = true;
      side.gaveUp(new Absence(session, report.peer(), reason));
      abort(Refusal.SESSION_UNKNOWN, reason);
    }
  }

  /** The client has sent so much: where is it? */
  void clientSent(long position) {
    long suspectMs = side.settings().suspectMs();
    if (tellsPositions()) {
      peerSent(position, suspectMs);
    } else if (arrival != null && arrival.isStarved(suspectMs)) {
      arrival.cancel();
      arrival.failed(Refusal.UNSPECIFIED, "silent data link");
    }
  }

  @Override
  public void peerReceived(long position) {
    if (tellsPositions()) { // while it is replayed, what the client has is not compared yet
      super.peerReceived(position);
    }
  }

  /**
   * The client knows that the application here has closed: it will not ask where the session is.
   */
  void endKnown() {
    isEndKnown = true;
    checkOver();
  }

  /** It may say so only after the link is lost: a client that has closed does not come back. */
  @Override
  public void peerEnded(long finalPosition, boolean closed) {
    super.peerEnded(finalPosition, closed);
    if (state == State.PARKED && !isOver() && needsNoLink()) {
      parkings++;
      state = State.LIVE;
      endInOrder();
    }
  }

  @Override
  public void tellAgain() {
    super.tellAgain();
    toldDurable = -1;
    ControlLink control = control();
    if (state == State.PARKED && control != null) {
      control.linkLost(session);
    }
    if (session.isLocalClosed() && control != null) {
      control.sent(session); // a client that has forgotten it says so
    }
  }

  /** The client comes back with a new link; the handler is alive. */
  void resume(RawSocket fresh, ResumePreface preface, Clients.Pair pair) throws IOException {
    if (state == State.RINGING || state == State.REPLAYING) {
      supersede(preface.epoch());
      side.refuse(fresh, pair, preface, Refusal.SESSION_UNKNOWN, "not accepted yet");
      return;
    }
    client(pair.client());
    state = State.PARKED;
    dropLink();
    int request = ++parkings; // of several the last counts
    whenStill(
        () -> {
          if (request == parkings && !isOver()) {
            resumeStill(fresh, preface, pair);
          } else {
            loop.close(fresh);
          }
        });
    loop.after(side.settings().resumeWindowMs(), () -> expire(request, "resume not completed"));
  }

  private void resumeStill(RawSocket fresh, ResumePreface preface, Clients.Pair pair) {
    if (pair.client().link() == null || pair.client().link().keys() != pair.keys()) {
      loop.close(fresh); // the control link went meanwhile, and its keys with it
      return;
    }
    try {
      // An application that has closed wants no more: what it has not read need not be kept.
      long inPosition = session.isLocalClosed() ? preface.heldTo() : session.receivedPosition();
      if (inPosition < preface.heldFrom() || inPosition > preface.heldTo()) {
        side.refuse(
            fresh,
            pair,
            preface,
            Refusal.LOG_TRUNCATED,
            "in=" + inPosition + " of " + preface.heldFrom() + ".." + preface.heldTo());
        return;
      }
      if (preface.receivedPosition() < session.sentLog().retainedFrom()
          || preface.receivedPosition() > session.sentPosition()) {
        side.refuse(
            fresh,
            pair,
            preface,
            Refusal.RING_EXHAUSTED,
            "from=" + session.sentLog().retainedFrom());
        return;
      }
      takeLink(fresh, preface, pair, inPosition);
    } catch (IOException e) {
      loop.close(fresh);
    }
  }

  private void takeLink(RawSocket fresh, ResumePreface preface, Clients.Pair pair, long inPosition)
      throws IOException {
    session.remoteReceived(preface.receivedPosition());
    if (preface.inputEnded() || preface.clientClosed()) {
      session.remoteEnded(preface.heldTo(), preface.clientClosed());
    }
    DoorReply reply = DoorReply.resumed(inPosition, session.finalSent(), session.isLocalClosed());
    side.send(fresh, reply.encode(pair.keys(), preface.linkNumber()));
    state = State.LIVE;
    parkings++;
    report.resumed(session.sentPosition() - preface.receivedPosition());
    adopt(fresh, Pump.raw(session, preface.receivedPosition()));
    tellAgain();
  }

  @Override
  protected void closedLocally() {
    super.closedLocally();
    closeWithin(side.settings().resumeWindowMs());
  }

  /**
   * A handler that ends while it is replayed has ended for the client only after the switch. And
   * that the client has all does not mean that it knows that this is all: its FIN may be lost with
   * a control link. It would ask then, here or at a server that finds the log; so both are kept
   * until it has said that it knows. A server that leaves tells no end, and keeps no client.
   */
  @Override
  protected boolean mayBeOver() {
    boolean isKnown = isEndKnown || session.isRemoteClosed() || side.isLeaving();
    return state != State.REPLAYING && isKnown;
  }

  /** True when only the client's word is missing that it knows of the end. */
  boolean owesNothing() {
    return session.isLocalClosed() && session.isOutputComplete();
  }

  @Override
  protected boolean mayTellEnd() {
    return !side.isLeaving() && state != State.REPLAYING;
  }

  @Override
  protected ControlLink control() {
    return client == null ? null : client.link();
  }

  @Override
  protected void forget() {
    state = State.OVER;
    if (ringing != null) {
      ringing.cancel();
    }
    if (arrival != null) {
      arrival.cancel();
    }
    if (bell != null) {
      side.doorbell().cancel(bell);
      loop.close(bell);
    }
    if (link != null) {
      loop.unwatch(link);
      link.reset();
    }
    if (shipment != null) {
      shipment.end(!isToBeContinued && !side.isLeaving());
    }
    client.sessions.remove(this);
    side.replayEnded(this);
    side.forget(this);
  }

  @Override
  public SessionView view() {
    return report;
  }
}

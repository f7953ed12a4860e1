package dev.belay.agent.takeover;

import dev.belay.agent.config.Target;
import dev.belay.agent.control.ControlLink;
import dev.belay.agent.control.Endpoint;
import dev.belay.agent.descriptor.GuardedDescriptor;
import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.report.AgentLog;
import dev.belay.agent.report.SessionView;
import dev.belay.agent.session.Pump;
import dev.belay.agent.session.Session;
import dev.belay.agent.wire.Bytes;
import dev.belay.agent.wire.DoorReply;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.OpenPreface;
import dev.belay.agent.wire.PrefaceKind;
import dev.belay.agent.wire.Refusal;
import dev.belay.agent.wire.ResumePreface;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * The client's end of one session, and its arbiter: opens it at the first server that will have it,
 * and when the link is lost finds the server where it goes on and names the epoch.
 *
 * <p>Epochs: every attempt at a takeover has an epoch higher than any before, whether or not it
 * came to anything, so that an incarnation that was begun for an attempt that timed out is fenced
 * by the next. Frames of another epoch than that of the last success are not heard ({@link
 * ServerPeer}).
 *
 * <p>Invariant: at most one link or one attempt at a time; positions are sent to a server only when
 * the descriptor is still. Loop thread.
 */
final class ClientSession extends Endpoint implements SessionView {
  enum State {
    /** The application waits in connect. To LIVE, OVER. */
    OPENING,
    /** The application has a link, or had closed. To RESUMING, OVER. */
    LIVE,
    /** Looks for the server where it goes on. To LIVE, OVER. */
    RESUMING,
    /** Nothing more happens. */
    OVER
  }

  /** How soon a server that did not have the session is asked again. */
  private static final long RETRY_MS = 50;

  /** What makes the pair known may still be under way when the data link arrives. */
  private static final int PAIR_RETRIES = 3;

  /** How long a session that could not be moved is left alone. */
  private static final long STAY_MS = 2000;

  private static final String PLANNED = "planned move";

  private final ClientSide side;
  private final Bytes key;
  private final LiveGroup group;
  private final Candidates candidates;
  private volatile State state = State.OPENING;
  private volatile ServerPeer peer;
  private Target target;
  private Bytes serverInstance;
  private DataLink attempt;
  private ControlLink pairUnknownOf;
  private int pairRetries;
  private InetSocketAddress firstLocal;
  private int lastEpoch;
  private long lostNs;
  private String lostCause;
  private String lastRefusal = "";
  private Target lostFrom;

  /** Another server than the present one comes first. */
  private boolean needsTakeover;

  /** The present server has no handler for this session any longer. */
  private boolean isGoneThere;

  private int episode;

  /** Under way, or null. */
  private PlannedMove move;

  private long stayedNs;
  private boolean hasStayed;

  /** Where the session was before the takeover that is not through yet, or null. */
  private ServerPeer left;

  private int leftEpoch;

  /** What the server of a prepared takeover was told, until it has done so. */
  private Frame.Switch told;

  private Report report;
  private boolean isDemotionReported;
  private long demotedNs;
  private long failovers;
  private long resumes;
  private long replayed;
  private long suppressed;
  private long lastMs = -1;

  /** A takeover whose end is not known yet: the new server says so by its position. */
  private record Report(
      Target to, long logPosition, long suppressed, long fromPosition, boolean isPlanned) {}

  /**
   * @param key 32 random bytes: who knows them is the session's client
   */
  ClientSession(ClientSide side, Session session, Bytes key, LiveGroup group) {
    super(session, side.loop());
    this.side = side;
    this.key = key;
    this.group = group;
    this.candidates = new Candidates(group);
  }

  void guard(GuardedDescriptor of) {
    descriptor = of;
  }

  Bytes serverInstance() {
    return serverInstance;
  }

  /** True when the session goes on, and not there in that epoch. */
  boolean isElsewhere(ServerPeer there, int epoch) {
    return state == State.LIVE && (peer != there || session.epoch() != epoch);
  }

  @Override
  protected ControlLink control() {
    ServerPeer current = peer;
    return current == null || state != State.LIVE ? null : current.link();
  }

  // ---- opening ----

  /** A door has the session: the application's connect is done. */
  void opened(RawSocket link, Target at, ServerPeer by) throws IOException {
    target = at;
    peer = by;
    serverInstance = by.serverInstance();
    firstLocal = link.localAddress();
    descriptor.connected(firstLocal);
    state = State.LIVE;
    by.add(this);
    boolean taken = descriptor.install(link, null);
    link.close();
    if (!taken && !session.isLocalClosed()) {
      over();
    }
    if (session.isLocalClosed()) { // closed while it connected
      tellAgain();
      checkOver();
    }
  }

  byte[] openPreface(ControlLink link, long linkNumber, Target at) {
    return new OpenPreface(
            link.keys().pairId(),
            linkNumber,
            session.id(),
            0,
            link.keys().seal(key, session.id(), linkNumber, PrefaceKind.OPEN),
            String.valueOf(at.port()))
        .encode(link.keys());
  }

  /** The application gave up, or nobody has the session. */
  void notOpened() {
    over();
  }

  // ---- the link is lost ----

  @Override
  protected void lost(String cause) {
    if (state != State.LIVE) {
      return;
    }
    if (needsNoLink()) {
      if (!session.isLocalClosed()) {
        endInOrder();
      } else {
        over();
      }
      return;
    }
    state = State.RESUMING;
    if (report == null) { // else the takeover before was not through: its window goes on
      lostCause = cause;
      lostNs = System.nanoTime();
      lostFrom = target;
      episode++;
    }
    report = null;
    int current = episode;
    long leftMs = Math.max(0, side.settings().resumeWindowMs() - sinceLostMs());
    loop.after(leftMs, () -> expire(current));
    whenStill(this::resume);
  }

  /** The whole server is lost: no use in asking it. */
  void serverLost(String cause) {
    if (state == State.RESUMING) {
      needsTakeover = true; // an attempt under way there fails by itself, one elsewhere goes on
      retry(0);
      return;
    }
    needsTakeover = true;
    dropLink();
    lost(cause);
  }

  /** The server has lost the link; this end may not have noticed, or be closed already. */
  void serverLostLink() {
    if (state == State.LIVE) {
      dropLink();
      lost("the server lost the link");
    }
  }

  void serverAborted(int reason, String text) {
    if (isOver()) {
      return;
    }
    if (Refusal.of(reason) == Refusal.UNSPECIFIED) {
      peerAborted(text); // a reset by the application itself is no loss
    } else {
      fail(Refusal.of(reason).text() + ": " + text);
    }
  }

  private void expire(int of) {
    if (state == State.RESUMING && of == episode) {
      String last = lastRefusal.isEmpty() ? "" : "; last answer: " + lastRefusal;
      fail("resume window of " + side.settings().resumeWindowMs() + "ms expired" + last);
    }
  }

  private void fail(String reason) {
    side.metrics().sessionLost();
    AgentLog.warn(
        "session lost: service="
            + session.service()
            + " session="
            + session.id()
            + " server="
            + target
            + " in="
            + session.sentPosition()
            + " out="
            + session.receivedPosition()
            + " cause="
            + lostCause
            + " reason="
            + reason
            + "; the application gets connection reset");
    breakOff(reason);
  }

  // ---- finding where it goes on ----

  private void resume() {
    if (state != State.RESUMING || attempt != null) {
      return;
    }
    if (!descriptor.isStill()) { // a call in progress has not been counted: no position is true yet
      whenStill(this::resume);
      return;
    }
    Preparation prepared = takePrepared();
    if (prepared != null) {
      goOnAt(prepared);
      return;
    }
    if (isGoneThere && !session.mayMove()) {
      fail("the input log was given up at belay.log.limit or belay.memory");
      return;
    }
    Target next =
        needsTakeover && session.mayMove() ? candidates.next(session.id(), lostFrom) : target;
    ServerPeer at = side.peer(next);
    int current = episode;
    at.whenUp(
        new ServerPeer.Waiter() {
          @Override
          public void up(ControlLink link) {
            if (state == State.RESUMING && current == episode && attempt == null) {
              ask(next, at, link);
            }
          }

          @Override
          public void failed(ServerPeer.Failure failure, String cause) {
            if (state == State.RESUMING && current == episode) {
              notThere(next, cause, failure != ServerPeer.Failure.BUSY);
            }
          }
        });
  }

  /**
   * @param isLost the server itself is gone; else it beats, and the session may still be there
   */
  private void notThere(Target asked, String cause, boolean isLost) {
    AgentLog.debug("session=" + session.id().shortString() + " not at " + asked + ": " + cause);
    lastRefusal = asked + " " + cause;
    if (!isLost && asked.equals(target) && !needsTakeover) {
      retry(RETRY_MS);
      return;
    }
    needsTakeover = true;
    candidates.avoid(asked);
    retry(candidates.allAvoided() ? RETRY_MS : 0);
  }

  private void retry(long delayMs) {
    int current = episode;
    Runnable again =
        () -> {
          if (current == episode) {
            resume();
          }
        };
    if (delayMs == 0) {
      loop.execute(again);
    } else {
      candidates.forgive();
      loop.after(delayMs, again);
    }
  }

  private void ask(Target at, ServerPeer by, ControlLink link) {
    if (at.equals(target) && isRestarted(by)) {
      isGoneThere = true;
      if (!session.mayMove()) {
        resume(); // which says so
        return;
      }
    }
    // A server that was only silent, or cut off, may still have the handler: that one is asked for.
    boolean isTakeover = isGoneThere || !at.equals(target);
    int epoch = isTakeover ? ++lastEpoch : session.epoch();
    long linkNumber = link.nextLinkNumber();
    byte[] preface = resumePreface(link, linkNumber, at, isTakeover, false, epoch);
    try {
      InetSocketAddress door = side.resolve(at);
      RawSocket socket = RawSocket.open();
      attempt =
          new DataLink(
              loop, by, socket, link.keys(), linkNumber, preface, listener(at, by, link, epoch));
      attempt.begin(door, side.answerPatienceMs());
    } catch (IOException e) {
      notThere(at, String.valueOf(e.getMessage()), true);
    }
  }

  private boolean isRestarted(ServerPeer by) {
    return !by.serverInstance().equals(serverInstance);
  }

  private byte[] resumePreface(
      ControlLink link,
      long linkNumber,
      Target at,
      boolean isTakeover,
      boolean prepares,
      int epoch) {
    String address =
        firstLocal.getAddress().getHostAddress().split("%", 2)[0] + ":" + firstLocal.getPort();
    return new ResumePreface(
            link.keys().pairId(),
            linkNumber,
            session.id(),
            epoch,
            link.keys().seal(key, session.id(), linkNumber, PrefaceKind.RESUME),
            String.valueOf(at.port()),
            isTakeover,
            prepares,
            session.isLocalClosed(),
            session.finalSent() >= 0,
            prepares ? 0 : session.receivedPosition(),
            prepares ? 0 : session.receivedChecksum(),
            session.retainedFrom(),
            session.sentPosition(),
            address)
        .encode(link.keys());
  }

  private DataLink.Listener listener(Target at, ServerPeer by, ControlLink used, int epoch) {
    return new DataLink.Listener() {
      @Override
      public void answered(RawSocket link, DoorReply reply) throws IOException {
        attempt = null;
        if (reply.code() == DoorReply.Code.REFUSED) {
          link.close();
          boolean isTakeover = epoch != session.epoch();
          refused(at, by, used, isTakeover, Refusal.of(reply.reason()), reply.text());
        } else {
          accept(link, reply, at, by, epoch);
        }
      }

      @Override
      public void failed(String cause, boolean silent) {
        attempt = null;
        notThere(at, cause, by.link() == null);
      }
    };
  }

  private void refused(
      Target at, ServerPeer by, ControlLink used, boolean isTakeover, Refusal reason, String text) {
    AgentLog.debug(
        "session="
            + session.id().shortString()
            + " refused by "
            + at
            + ": "
            + reason.text()
            + " "
            + text);
    switch (reason) {
      case UNKNOWN_PAIR -> {
        if (!mayBeEarly(used)) {
          by.renew(used);
        }
        retry(RETRY_MS);
      }
      case BAD_MAC -> {
        by.renew(used);
        retry(RETRY_MS);
      }
      case REPLAYED_LINK_NUMBER -> retry(RETRY_MS);
      case SESSION_UNKNOWN, RING_EXHAUSTED, STALE_EPOCH -> {
        isGoneThere |= at.equals(target);
        if (isTakeover && reason == Refusal.SESSION_UNKNOWN) {
          notThere(at, reason.text(), true); // somebody else's session has this id there
        } else {
          needsTakeover = true; // a fresh handler, at this server or another
          retry(0);
        }
      }
      case LOG_TRUNCATED -> {
        if (isTakeover) {
          notThere(at, reason.text() + " " + text, true); // another may have the log
        } else {
          fail(at + " refused: " + reason.text() + " " + text);
        }
      }
      case DIVERGED -> fail(at + " refused: " + reason.text() + " " + text);
      case BUSY -> notThere(at, reason.text(), false);
      default -> notThere(at, reason.text(), true);
    }
  }

  /** The first times on a control link: the door may not have read its frames yet. */
  private boolean mayBeEarly(ControlLink used) {
    if (pairUnknownOf != used) {
      pairUnknownOf = used;
      pairRetries = 0;
    }
    return pairRetries++ < PAIR_RETRIES;
  }

  // ---- going on ----

  private void accept(RawSocket link, DoorReply reply, Target at, ServerPeer by, int epoch)
      throws IOException {
    boolean isReplay = reply.code() == DoorReply.Code.REPLAY;
    long from = reply.inPosition();
    if (from < session.retainedFrom() || from > session.sentPosition()) {
      link.close();
      fail(
          "the server is at in="
              + from
              + ", kept here is "
              + session.retainedFrom()
              + ".."
              + session.sentPosition());
      return;
    }
    moveTo(at, by, epoch);
    if (isReplay) {
      session.newIncarnation();
    } else {
      session.remoteReceived(from);
    }
    if (reply.outFinal() >= 0) {
      session.remoteEnded(reply.outFinal(), reply.serverClosed());
    }
    report = new Report(at, session.sentPosition(), session.receivedPosition(), from, false);
    if (!isReplay) {
      reportResume();
    }
    adopt(link, isReplay ? Pump.turns(session, from) : Pump.raw(session, from));
    tellAgain();
    if (session.isInputComplete() && !session.isLocalClosed()) {
      checkOver();
    }
  }

  private void moveTo(Target at, ServerPeer by, int epoch) {
    if (peer != null) {
      if (left == null && epoch != session.epoch()) {
        left = peer;
        leftEpoch = session.epoch();
      }
      peer.remove(this);
    }
    target = at;
    serverInstance = by.serverInstance();
    session.epoch(epoch);
    peer = by;
    by.add(this);
    needsTakeover = false;
    isGoneThere = false;
    pairUnknownOf = null;
    candidates.forgive();
    state = State.LIVE;
  }

  // ---- planned moves ----

  /** False too while there is nothing to be said: its server asks again. */
  boolean mayBeMoved() {
    boolean isSettled = state == State.LIVE && report == null && move == null;
    boolean hasJustStayed = hasStayed && System.nanoTime() - stayedNs < STAY_MS * 1_000_000;
    return isSettled && !isOver() && !hasJustStayed;
  }

  /**
   * Its server wants to be rid of it.
   *
   * @param onEnd called once, when it has moved or will not
   */
  void move(Runnable onEnd) {
    if (session.isLocalClosed() || session.isRemoteClosed()) {
      onEnd.run();
      stays("it is closing");
    } else if (!session.mayMove()) {
      onEnd.run();
      stays("its input log was given up");
    } else {
      move = new PlannedMove(this, target, new Candidates(group), onEnd);
      move.begin();
    }
  }

  ServerPeer peerAt(Target at) {
    return side.peer(at);
  }

  /** Asks a server to come near to where this session is. */
  Preparation prepare(Target at, ControlLink by, Preparation.Owner owner) throws IOException {
    int epoch = ++lastEpoch;
    long linkNumber = by.nextLinkNumber();
    byte[] preface = resumePreface(by, linkNumber, at, true, true, epoch);
    Preparation.Goal goal = new Preparation.Goal(at, side.peer(at), by, epoch);
    Preparation preparation = new Preparation(loop, session, goal, side.answerPatienceMs(), owner);
    preparation.begin(side.resolve(at), preface, linkNumber);
    return preparation;
  }

  /** Another server is near: leaves this one. */
  void switchNow() {
    if (state == State.LIVE && dropLink()) {
      lost(PLANNED);
    }
  }

  /** Nobody else can have it for the time being. */
  void stays(String reason) {
    move = null;
    hasStayed = true;
    stayedNs = System.nanoTime();
    ControlLink control = control();
    if (control != null) {
      control.stays(session.id(), session.epoch(), reason);
    }
  }

  private Preparation takePrepared() {
    PlannedMove current = move;
    move = null;
    return current == null ? null : current.take();
  }

  private void cancelMove() {
    PlannedMove current = move;
    move = null;
    if (current != null) {
      current.cancel();
    }
  }

  /** From here on it is as any takeover that a server has agreed to. */
  private void goOnAt(Preparation prepared) {
    Preparation.Goal goal = prepared.goal();
    Pump rest = prepared.pump();
    RawSocket link = prepared.detach();
    moveTo(goal.target(), goal.peer(), goal.epoch());
    session.newIncarnation();
    long position = session.receivedPosition();
    report =
        new Report(goal.target(), session.sentPosition(), position, prepared.fromPosition(), true);
    told =
        new Frame.Switch(
            session.id(),
            goal.epoch(),
            session.isLocalClosed(),
            session.finalSent() >= 0,
            position,
            session.receivedChecksum());
    goal.control().switchOver(told);
    rest.conclude();
    try {
      adopt(link, rest);
    } catch (IOException e) {
      dropLink();
      lost(String.valueOf(e.getMessage()));
      return;
    }
    super.tellAgain();
  }

  @Override
  public void tellAgain() {
    ControlLink control = control();
    if (told != null && told.epoch() == session.epoch() && control != null) {
      control.switchOver(told);
    }
    super.tellAgain();
  }

  /** The server that had the session may still run its handler: it is done with. */
  private void tellLeft() {
    told = null;
    if (left != null && left.link() != null) {
      left.link().moved(session.id(), leftEpoch);
    }
    left = null;
  }

  private long sinceLostMs() {
    return (System.nanoTime() - lostNs) / 1_000_000;
  }

  private void reportResume() {
    resumes++;
    lastMs = sinceLostMs();
    long resent = report.logPosition() - report.fromPosition();
    side.metrics().resumed();
    side.metrics().resent(resent);
    log("resume", 0, 0, resent);
    report = null;
  }

  /**
   * Only of the incarnation that this session is with: while it looks for another, what the last
   * one says (of a handler that was reset, say) is of no account; the next says what holds.
   */
  @Override
  public void peerEnded(long finalPosition, boolean closed) {
    if (state == State.LIVE) {
      super.peerEnded(finalPosition, closed);
      if (closed) {
        cancelMove();
      }
    }
  }

  @Override
  public void peerReceived(long position) {
    if (state != State.LIVE) {
      return;
    }
    super.peerReceived(position);
    Report due = report;
    if (due != null && position >= due.logPosition()) {
      report = null;
      reportTakeover(due);
    }
  }

  private void reportTakeover(Report due) {
    tellLeft();
    failovers++;
    lastMs = sinceLostMs();
    replayed += due.logPosition();
    suppressed += due.suppressed();
    if (due.isPlanned()) {
      side.metrics().moved();
    } else {
      side.metrics().failedOver(lastMs);
    }
    side.metrics().replayed(due.logPosition());
    side.metrics().suppressed(due.suppressed());
    report = due;
    log(due.isPlanned() ? "moved" : "takeover", due.logPosition(), due.suppressed(), 0);
    report = null;
  }

  private void log(String what, long replayedNow, long suppressedNow, long resent) {
    AgentLog.info(
        what
            + ": service="
            + session.service()
            + " session="
            + session.id()
            + " epoch="
            + session.epoch()
            + " from="
            + lostFrom
            + " to="
            + report.to()
            + " cause="
            + lostCause.replace(' ', '-')
            + (report.isPlanned() ? " pause=" : " stall=")
            + lastMs
            + "ms replayed="
            + replayedNow
            + " suppressed="
            + suppressedNow
            + " resent="
            + resent);
  }

  /** Says once that the input log was given up; the cluster may only be a little behind. */
  void reportDemotion() {
    if (isDemotionReported || !session.isDemoted()) {
      demotedNs = 0;
      return;
    }
    long nowNs = System.nanoTime();
    demotedNs = demotedNs == 0 ? nowNs : demotedNs;
    boolean mayCatchUp = session.mayMove();
    if (!mayCatchUp || nowNs - demotedNs > side.settings().suspectMs() * 1_000_000) {
      isDemotionReported = true;
      side.metrics().demoted();
      AgentLog.warn(
          "session demoted: service="
              + session.service()
              + " session="
              + session.id()
              + " in="
              + session.sentPosition()
              + " reason=belay.log.limit or belay.memory reached, here or at the server; it"
              + " survives a lost link, not a lost server");
    }
  }

  private void cancelAttempt() {
    if (attempt != null) {
      attempt.cancel();
      attempt = null;
    }
  }

  @Override
  protected void closedLocally() {
    cancelMove();
    super.closedLocally();
    closeWithin(side.settings().resumeWindowMs());
  }

  /** The JVM ends: as if the application had closed, for as the kernel sees it it has. */
  void exit() {
    GuardedDescriptor current = descriptor;
    if (!isOver() && !session.isLocalClosed() && state == State.LIVE) {
      current.freeze(); // threads that still run just wait; the link ends with the process
      session.closeLocally();
      outputEnded(current);
    }
  }

  /** True when the end that {@link #exit} has told is not on its way yet. */
  boolean isExiting() {
    return !isOver() && session.isLocalClosed() && session.finalSent() < 0;
  }

  @Override
  protected void forget() {
    state = State.OVER;
    cancelAttempt();
    cancelMove();
    if (peer != null) {
      peer.remove(this);
    }
    side.forget(this);
  }

  // ---- for the report ----

  @Override
  public String id() {
    return session.id().toString();
  }

  @Override
  public String service() {
    return session.service();
  }

  @Override
  public String state() {
    return state.name().toLowerCase(java.util.Locale.ROOT);
  }

  @Override
  public long epoch() {
    return session.epoch();
  }

  @Override
  public String peer() {
    return String.valueOf(target);
  }

  @Override
  public long inPosition() {
    return session.sentPosition();
  }

  @Override
  public long outPosition() {
    return session.receivedPosition();
  }

  @Override
  public long logBytes() {
    return session.retainedBytes();
  }

  @Override
  public long durablePosition() {
    long durable = session.durablePosition();
    return durable >= session.retainedFrom() && !session.isDemoted() ? inPosition() : durable;
  }

  @Override
  public long failovers() {
    return failovers;
  }

  @Override
  public long resumes() {
    return resumes;
  }

  @Override
  public long replayedBytes() {
    return replayed;
  }

  @Override
  public long suppressedBytes() {
    return suppressed;
  }

  @Override
  public long lastFailoverMs() {
    return lastMs;
  }
}

package dev.belay.agent.takeover;

import dev.belay.agent.config.HostPort;
import dev.belay.agent.config.Target;
import dev.belay.agent.control.ControlLink;
import dev.belay.agent.control.Endpoint;
import dev.belay.agent.descriptor.GuardedDescriptor;
import dev.belay.agent.descriptor.RawSocket;
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
 * <p>Frames of another epoch than that of the last success are not heard ({@link ServerPeer}).
 *
 * <p>Invariant: at most one link or one attempt at a time; positions are sent to a server only when
 * the descriptor is still. Loop thread.
 */
final class ClientSession extends Endpoint {
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

  /** How long a session that could not be moved is left alone. */
  private static final long STAY_MS = 2000;

  private static final String PLANNED = "planned move";

  private final ClientSide side;
  private final Bytes key;
  private final LiveGroup group;
  private final Search search;
  private final ClientReport report;
  private volatile State state = State.OPENING;
  private volatile ServerPeer peer;
  private Target target;
  private Bytes serverInstance;
  private InetSocketAddress firstLocal;

  /** Under way, or null. */
  private PlannedMove move;

  private long stayedNs;
  private boolean hasStayed;

  /** Where the session was before the takeover that is not through yet, or null. */
  private ServerPeer left;

  private int leftEpoch;

  /** What the server of a prepared takeover was told, until it has done so. */
  private Frame.Switch told;

  private final FullLog fullLog;

  /**
   * The way to the server that has not said yet that it has the session; or null. As long as it is
   * there, another process may have the connection, and take it for plain: whoever leaves it resets
   * it, and the server is asked whether it has the session.
   */
  private volatile DirectOpening direct;

  /** A server that has not confirmed a direct open for so many {@code belay.suspect} is asked. */
  private static final int CONFIRM_SUSPECTS = 10;

  /**
   * @param key 32 random bytes: who knows them is the session's client
   */
  ClientSession(ClientSide side, Session session, Bytes key, LiveGroup group) {
    super(session, side.loop());
    this.side = side;
    this.key = key;
    this.group = group;
    this.search = new Search(this, side, group);
    this.report = new ClientReport(session, side.settings(), side.metrics(), () -> state);
    this.fullLog = new FullLog(session, side.settings().resumeWindowMs());
  }

  void guard(GuardedDescriptor of) {
    descriptor = of;
  }

  Bytes serverInstance() {
    return serverInstance;
  }

  /** Whether the server that has it, or had it last, is that. */
  boolean isAt(LiveGroup of, HostPort door, String service) {
    Target current = target;
    return group == of
        && current != null
        && current.door().equals(door)
        && String.valueOf(current.port()).equals(service);
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
  void opened(RawSocket link, Target at, ServerPeer by, int epoch) throws IOException {
    session.epoch(epoch);
    target = at;
    report.at(at);
    peer = by;
    serverInstance = by.serverInstance();
    firstLocal = link.localAddress();
    descriptor.connected(firstLocal);
    state = State.LIVE;
    by.add(this);
    boolean taken = descriptor.install(link, null);
    descriptor.drop(link);
    if (!taken && !session.isLocalClosed()) {
      over();
    }
    if (session.finalSent() >= 0) { // while it connected: who ends it now finds it live
      tellAgain();
    }
    if (session.isLocalClosed()) {
      checkOver();
    }
  }

  // ---- opening directly ----

  /** The application connects to the service's own port. Its thread, before anybody knows of it. */
  void opens(DirectOpening by) {
    direct = by;
    search.nextEpoch(); // this attempt's
  }

  LiveGroup group() {
    return group;
  }

  /**
   * There is a connection that the server will take for this session's. The thread that connects,
   * or the loop; once.
   */
  void openedDirectly(Target at, ServerPeer by, Reservation from) {
    session.epoch(0);
    target = at;
    report.at(at);
    serverInstance = from.terms().server();
    firstLocal = from.terms().local();
    descriptor.connected(firstLocal);
    peer = by;
    state = State.LIVE;
    boolean isTaken = descriptor.installUnconfirmed(from.socket());
    by.begun(this);
    side.metrics().openedDirectly();
    if (!isTaken) {
      loop.execute(this::openedInVain);
    } else if (session.finalSent() >= 0) {
      loop.execute(this::tellAgain);
    }
  }

  /** The application has closed while it connected, or its descriptor is of no use. */
  private void openedInVain() {
    if (!session.isLocalClosed()) {
      over();
    } else {
      tellAgain();
      checkOver();
    }
  }

  /** The loop hears of that. */
  void admitted() {
    DirectOpening current = direct;
    if (isOver()) {
      return;
    }
    peer.add(this);
    if (current != null && peer.link() != current.link()) {
      loop.execute(this::askWhetherThere); // agreed by a link that is gone: the server forgot it
    }
  }

  /** Whether the application still connects there, as far as it knows. */
  boolean isOpeningAt(ServerPeer there) {
    DirectOpening current = direct;
    return state == State.OPENING && current != null && current.isAt(there);
  }

  /** The server has said something that it says only of sessions that it has. */
  void confirmed() {
    DirectOpening current = direct;
    if (current != null && current.open()) {
      direct = null;
      current.confirmed();
      checkOver(); // it may have waited for this
    }
  }

  /**
   * Its application closes, which may take a selector long, and the server has all or has closed as
   * well, and perhaps forgotten it: to look for it would be to have it all done once more.
   */
  private boolean wantsNoMore() {
    return session.isClosing() && (session.isRemoteClosed() || session.isOutputComplete());
  }

  /** Nobody but this end can find a connection that was lost on its way to accept. */
  void askWhetherThere() {
    if (direct != null && state == State.LIVE) {
      dropLink();
      lost("not confirmed by the server");
    }
  }

  /** Each beat. */
  void reviewDirect(long nowNs) {
    DirectOpening current = direct;
    long patienceNs = CONFIRM_SUSPECTS * side.settings().suspectMs() * 1_000_000;
    if (current != null && state == State.LIVE && current.unconfirmedNs(nowNs) > patienceNs) {
      current.askAgain(nowNs);
    }
  }

  /** What is not confirmed may never come to the server's application, which is to see its end. */
  @Override
  protected boolean mayBeOver() {
    return direct == null;
  }

  /** The connection, if there is one, is not the session's any more. */
  void leaveReserved() {
    DirectOpening current = direct;
    direct = null;
    if (current != null) {
      current.abandon();
    }
  }

  /** Higher than that of any attempt before, to open it or to take it over. */
  int nextEpoch() {
    return search.nextEpoch();
  }

  byte[] openPreface(ControlLink link, long linkNumber, Target at, int epoch) {
    return new OpenPreface(
            link.keys().pairId(),
            linkNumber,
            session.id(),
            epoch,
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
    if (mayBeOver() && (needsNoLink() || wantsNoMore())) {
      cancelMove();
      if (!session.isLocalClosed()) {
        endInOrder();
      } else {
        over();
      }
      return;
    }
    leaveReserved();
    state = State.RESUMING;
    if (report.lost(cause)) {
      search.newEpisode(target);
    }
    int current = search.episode();
    long leftMs = Math.max(0, side.settings().resumeWindowMs() - report.sinceLostMs());
    loop.after(leftMs, () -> expire(current));
    whenStill(search::step);
  }

  /** The whole server is lost: no use in asking it. */
  void serverLost(String cause) {
    search.serverLost();
    if (state == State.RESUMING) {
      search.retry(0); // an attempt under way there fails by itself, one elsewhere goes on
      return;
    }
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
    if (state == State.RESUMING && of == search.episode()) {
      long windowMs = side.settings().resumeWindowMs();
      fail("resume window of " + windowMs + "ms expired" + search.lastRefusal());
    }
  }

  void fail(String reason) {
    report.failed(reason);
    breakOff(reason);
  }

  // ---- finding where it goes on ----

  /** True while no server has it. */
  boolean isLooking() {
    return state == State.RESUMING;
  }

  /** No call in progress on the lost link may still change the positions. */
  boolean isStill() {
    return descriptor.isStill();
  }

  void onceStill(Runnable action) {
    whenStill(action);
  }

  /** The server that has it, or had it last. */
  Target target() {
    return target;
  }

  byte[] resumePreface(
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
            session.sentLog().retainedFrom(),
            session.sentPosition(),
            address)
        .encode(link.keys());
  }

  // ---- going on ----

  /** A server agrees to go on. */
  void accept(RawSocket link, DoorReply reply, Target at, ServerPeer by, int epoch)
      throws IOException {
    boolean isReplay = reply.code() == DoorReply.Code.REPLAY;
    long from = reply.inPosition();
    if (from < session.sentLog().retainedFrom() || from > session.sentPosition()) {
      link.close();
      notThat(isReplay, at, from);
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
    report.goesOn(at, from, false);
    if (!isReplay) {
      report.resumed();
    }
    adopt(link, isReplay ? Pump.turns(session, from) : Pump.raw(session, from));
    tellAgain();
    if (session.isRemoteClosed()) {
      confirmEnd();
    }
    if (session.isInputComplete() && !session.isLocalClosed()) {
      checkOver();
    }
  }

  /** Another server may have a longer log; that a handler is at another position is the end. */
  private void notThat(boolean isReplay, Target at, long from) {
    String cause =
        "the server is at in="
            + from
            + ", kept here is "
            + session.sentLog().retainedFrom()
            + ".."
            + session.sentPosition();
    if (isReplay) {
      search.notThere(at, cause, true);
    } else {
      fail(cause);
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
    report.at(at);
    serverInstance = by.serverInstance();
    session.epoch(epoch);
    peer = by;
    by.add(this);
    search.found();
    state = State.LIVE;
  }

  // ---- planned moves ----

  /** False too while there is nothing to be said: its server asks again. */
  boolean mayBeMoved() {
    boolean isSettled = state == State.LIVE && !report.isUnderWay() && move == null;
    boolean hasJustStayed = hasStayed && System.nanoTime() - stayedNs < STAY_MS * 1_000_000;
    return isSettled && !isOver() && !hasJustStayed;
  }

  /**
   * Its server wants to be rid of it.
   *
   * @param onEnd called once, when it has moved or will not
   */
  void move(Runnable onEnd) {
    if (session.isClosing() || session.isRemoteClosed()) {
      onEnd.run();
      stays("it is closing");
    } else if (!session.sentLog().mayMove()) {
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
    int epoch = search.nextEpoch();
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

  /**
   * Where a move that is under way has come near enough.
   *
   * @return false when there is none
   */
  boolean goesOnPrepared() {
    PlannedMove current = move;
    move = null;
    Preparation prepared = current == null ? null : current.take();
    if (prepared != null) {
      goOnAt(prepared);
    }
    return prepared != null;
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
    report.goesOn(goal.target(), prepared.fromPosition(), true);
    told =
        new Frame.Switch(
            session.id(),
            goal.epoch(),
            session.isLocalClosed(),
            session.finalSent() >= 0,
            session.receivedPosition(),
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

  /**
   * Only of the incarnation that this session is with: while it looks for another, what the last
   * one says (of a handler that was reset, say) is of no account; the next says what holds. But if
   * it says that its application had closed, and the one here has all it sent, or has closed, too,
   * then there is nothing to look for: the link was lost before this was heard.
   */
  @Override
  public void peerEnded(long finalPosition, boolean closed) {
    if (state == State.LIVE) {
      super.peerEnded(finalPosition, closed);
      if (closed) {
        cancelMove();
        confirmEnd();
      }
    } else if (state == State.RESUMING && closed) {
      int heard = session.epoch();
      whenStill(() -> endedBefore(heard, finalPosition));
    }
  }

  private void endedBefore(int heard, long finalPosition) {
    boolean isLooking = state == State.RESUMING && session.epoch() == heard;
    boolean hasAll = session.isClosing() || session.receivedPosition() == finalPosition;
    if (isLooking && hasAll) {
      search.cancel();
      cancelMove();
      state = State.LIVE;
      session.remoteEnded(finalPosition, true);
      confirmEnd();
      checkOver();
      lost("the server had closed"); // unless it is over
    }
  }

  /**
   * The server keeps what it has of the session until it hears this, or that this end has closed,
   * too: as mostly happens before the next flush, with which it goes.
   */
  private void confirmEnd() {
    ControlLink control = control();
    if (control != null && !isOver()) {
      control.endKnown(session);
    }
  }

  @Override
  public void peerReceived(long position) {
    if (state != State.LIVE) {
      return;
    }
    super.peerReceived(position);
    if (report.reached(position)) {
      tellLeft();
    }
  }

  /** Others hold more of the input than before, or less. */
  void durable(long position) {
    session.sentLog().durable(position);
    descriptor.roomMade();
  }

  /** An application that waits for others to hold its input does not do so for ever. */
  void reviewLog() {
    if (descriptor != null) {
      fullLog.review(System.nanoTime(), descriptor, state == State.LIVE);
    }
    report.tellDemotion(fullLog.isGivenUp());
  }

  @Override
  protected void closedLocally() {
    cancelMove();
    if (state == State.OPENING && direct != null) {
      notOpened();
      return;
    }
    super.closedLocally();
    closeWithin(side.settings().resumeWindowMs());
  }

  /** The JVM ends: as if the application had closed, for as the kernel sees it it has. */
  void exit() {
    GuardedDescriptor current = descriptor;
    if (!isOver() && !session.isLocalClosed() && state == State.LIVE) {
      current.freeze(); // threads that still run just wait; the link ends with the process
      session.closeLocally();
      outputEnded(true);
    }
  }

  /** True when the end that {@link #exit} has told is not on its way yet. */
  boolean isExiting() {
    return !isOver() && session.isLocalClosed() && session.finalSent() < 0;
  }

  @Override
  protected void forget() {
    state = State.OVER;
    leaveReserved();
    search.cancel();
    cancelMove();
    if (peer != null) {
      peer.remove(this);
    }
    side.forget(this);
  }

  @Override
  public SessionView view() {
    return report;
  }
}

package dev.belay.agent.takeover;

import dev.belay.agent.config.Target;
import dev.belay.agent.control.ControlLink;
import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.session.LogTruncatedException;
import dev.belay.agent.session.Pump;
import dev.belay.agent.session.Session;
import dev.belay.agent.wire.DoorReply;
import dev.belay.agent.wire.Refusal;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * A takeover that is brought near while the session goes on where it is: the input log, and what is
 * written meanwhile, goes to a fresh handler at another server; that one's output stays there.
 *
 * <p>It is near when the fresh handler has read and produced, within {@link #NEAR_NS}, what the
 * other one had at a moment: what is left then is what the pause will be.
 *
 * <p>Invariant: nothing of the session depends on it until {@link #detach}. Loop thread.
 */
final class Preparation implements DataLink.Listener {
  /** One of the two, once, unless it is cancelled or detached before. */
  interface Owner {
    /** The fresh handler is near enough; {@link #detach} may follow, now or later. */
    void near(Preparation of);

    void failed(Preparation of, String cause);
  }

  private enum State {
    /** The door has not answered. To FOLLOWING, OVER. */
    ASKING,
    /** The log goes there. To OVER. */
    FOLLOWING,
    /** Nothing more happens here. */
    OVER
  }

  private static final long TICK_MS = 5;

  /** A distance, in time, that is worth no more waiting. */
  private static final long NEAR_NS = 50_000_000;

  /** A handler that does not come nearer in so many rounds one after the other keeps away. */
  private static final int STEADY_ROUNDS = 3;

  /** Where the session is to go. */
  record Goal(Target target, ServerPeer peer, ControlLink control, int epoch) {}

  private final EventLoop loop;
  private final Session session;
  private final Goal goal;
  private final long patienceMs;
  private final Owner owner;
  private State state = State.ASKING;
  private DataLink attempt;
  private RawSocket link;
  private EventLoop.Timer ticking;
  private Pump pump;
  private int linkEvents;
  private long fromPosition;
  private long comparedPosition;
  private long reachedIn = -1;
  private long reachedOut = -1;
  private long markIn;
  private long markOut;
  private long markNs;
  private long progressNs;
  private long nearestNs = Long.MAX_VALUE;
  private int steadyRounds;
  private boolean isNear;

  /**
   * @param patienceMs how long nothing may come nearer
   */
  Preparation(EventLoop loop, Session session, Goal goal, long patienceMs, Owner owner) {
    this.loop = loop;
    this.session = session;
    this.goal = goal;
    this.patienceMs = patienceMs;
    this.owner = owner;
  }

  Goal goal() {
    return goal;
  }

  Session session() {
    return session;
  }

  void begin(InetSocketAddress door, byte[] preface, long linkNumber) throws IOException {
    RawSocket socket = RawSocket.open();
    attempt =
        new DataLink(loop, goal.peer(), socket, goal.control().keys(), linkNumber, preface, this);
    goal.peer().track(this);
    attempt.begin(door, patienceMs);
  }

  @Override
  public void answered(RawSocket answered, DoorReply reply) {
    link = answered;
    long from = reply.inPosition();
    if (reply.code() != DoorReply.Code.REPLAY) {
      fail(Refusal.of(reply.reason()).text() + " " + reply.text());
    } else if (from < session.sentLog().retainedFrom() || from > session.sentPosition()) {
      fail("not kept here: in=" + from);
    } else if (from < session.sentLog().turnsFrom()) {
      fail("its turns were given up: in=" + from);
    } else {
      state = State.FOLLOWING;
      fromPosition = from;
      follow();
    }
  }

  private void follow() {
    try {
      pump = Pump.following(session, fromPosition);
      linkEvents = EventLoop.READ;
      loop.watch(link, linkEvents, this::ready);
      progressNs = System.nanoTime();
      mark();
      ticking = loop.every(TICK_MS, this::tick);
      tick();
    } catch (IOException e) {
      fail(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void failed(String cause, boolean silent) {
    fail(cause);
  }

  private void ready(int events) {
    if ((events & ~EventLoop.WRITE) != 0) {
      fail("the prepared link is lost"); // nothing comes over it before the switch
    } else {
      push();
    }
  }

  private void tick() {
    if (state != State.FOLLOWING) {
      return;
    }
    push();
    tellReceived();
    look();
    if (System.nanoTime() - progressNs > patienceMs * 1_000_000) {
      fail("the fresh handler does not come nearer: in=" + reachedIn + " out=" + reachedOut);
    }
  }

  private void push() {
    if (state != State.FOLLOWING) {
      return;
    }
    try {
      long before = pump.position();
      boolean isAllSent = pump.step(link::write);
      if (before < session.sentLog().turnsFrom()) { // the handler would read ahead of its turns
        fail("the input log was given up");
        return;
      }
      int events = isAllSent ? EventLoop.READ : EventLoop.READ | EventLoop.WRITE;
      if (events != linkEvents) {
        linkEvents = events;
        loop.rewatch(link, events);
      }
    } catch (IOException | LogTruncatedException e) {
      fail(String.valueOf(e.getMessage()));
    }
  }

  /** So that the fresh handler's output is compared, and makes room, before the switch. */
  private void tellReceived() {
    Session.Mark received = session.receivedMark();
    if (received != null && received.position() > comparedPosition) {
      comparedPosition = received.position();
      goal.control().compare(session.id(), goal.epoch(), received);
    }
  }

  /** So much the fresh handler has been given, and so much it has produced. */
  void reached(long inPosition, long outPosition) {
    if (inPosition > reachedIn || outPosition > reachedOut) {
      progressNs = System.nanoTime();
    }
    reachedIn = inPosition;
    reachedOut = outPosition;
    look();
  }

  private void mark() {
    markIn = session.sentPosition();
    markOut = session.receivedPosition();
    markNs = System.nanoTime();
  }

  private void look() {
    if (state != State.FOLLOWING || isNear || reachedIn < markIn || reachedOut < markOut) {
      return;
    }
    long distanceNs = System.nanoTime() - markNs;
    steadyRounds = distanceNs > nearestNs / 4 * 3 ? steadyRounds + 1 : 0;
    nearestNs = Math.min(nearestNs, distanceNs);
    isNear = distanceNs <= NEAR_NS || steadyRounds == STEADY_ROUNDS;
    if (isNear) {
      owner.near(this);
    } else {
      mark();
    }
  }

  /** Where the log was begun to be sent from here. */
  long fromPosition() {
    return fromPosition;
  }

  /**
   * True when the session could go on there. If its log was given up meanwhile, what the fresh
   * handler has not read yet is nowhere but on the way to it: it is lost with this link, as all
   * would be without the move.
   */
  boolean isUsable() {
    boolean isFollowing = state == State.FOLLOWING && goal.peer().link() == goal.control();
    return isFollowing && pump.position() >= session.sentLog().turnsFrom();
  }

  /** The pump goes on with the link under the application's descriptor. */
  Pump pump() {
    return pump;
  }

  /** Hands the link over. */
  RawSocket detach() {
    RawSocket handed = link;
    loop.unwatch(handed);
    link = null;
    end();
    return handed;
  }

  /** The peer has given it up, or is lost. */
  void fail(String cause) {
    if (state != State.OVER) {
      end();
      owner.failed(this, cause);
    }
  }

  void cancel() {
    if (state != State.OVER) {
      end();
    }
  }

  private void end() {
    state = State.OVER;
    goal.peer().untrack(this);
    if (attempt != null) {
      attempt.cancel();
    }
    if (ticking != null) {
      ticking.cancel();
    }
    if (link != null) {
      loop.close(link);
    }
  }
}

package dev.belay.agent.takeover;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.belay.agent.control.ControlLink;
import dev.belay.agent.descriptor.GuardedDescriptor;
import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.wire.Refusal;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One connect of the application that goes to the service's own port, from an address that was
 * agreed upon. What fails goes by the door, as if it had gone there at once, so that connect keeps
 * its promise: the next server of the group is tried.
 *
 * <p>The application's thread connects a socket of ours, and its own descriptor gets that only when
 * it is connected: at once, as to the same machine, or by the loop. Until then the application
 * waits on a quiet link, as for the door, so that no failure of this socket reaches it or its
 * selectors.
 *
 * <p>The race of the connecting thread with the loop, which hears that the control link is lost,
 * that the server has the session already, or that the application has closed, is settled under the
 * lock: CONNECTING becomes one of the others once, and the descriptor gets the quiet link only
 * while it is CONNECTING or LEFT.
 *
 * <p>Threads: {@link #begin} that of the application, {@link #open} both, else the loop.
 */
final class DirectOpening {
  private enum State {
    CONNECTING,
    /** There is a connection, and the session has begun. */
    OPEN,
    /** It goes by the door, or the application has closed. */
    LEFT
  }

  private static final String REFUSED = "Connection refused";

  private final ClientSide side;
  private final ClientSession session;
  private final GuardedDescriptor descriptor;
  private final Reservation reservation;
  private final DirectPool pool;
  private final InetSocketAddress asked;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private State state = State.CONNECTING;

  private volatile long openedNs;

  /** The application's own socket, for the door; the loop's, with it from {@link #goOn} on. */
  private RawSocket original;

  private EventLoop.Timer patience;

  DirectOpening(
      ClientSide side,
      ClientSession session,
      GuardedDescriptor descriptor,
      Reservation reservation,
      DirectPool pool) {
    this.side = side;
    this.session = session;
    this.descriptor = descriptor;
    this.reservation = reservation;
    this.pool = pool;
    this.asked = new InetSocketAddress(reservation.terms().remote(), pool.target().port());
  }

  /**
   * Connects.
   *
   * @return true if that is done, false if the application is to wait for it
   */
  boolean begin() {
    reservation.opening(this);
    boolean isUnderWay = connect();
    lock.lock();
    try {
      if (state == State.OPEN) {
        return true;
      }
      descriptor.connecting();
      RawSocket own = descriptor.parkUnconnected();
      side.loop().execute(() -> goOn(own, isUnderWay));
    } catch (IOException e) { // no descriptors left
      descriptor.connectFailed(e);
      side.loop().execute(session::notOpened);
    } finally {
      lock.unlock();
    }
    return false;
  }

  /** False if it has failed. */
  private boolean connect() {
    try {
      // The loop takes its link away first and then looks for openings: one of us sees the other.
      if (pool.peer().link() != reservation.terms().link()) {
        return false;
      }
      descriptor.prepare(reservation.socket());
      return !isConnectedAtOnce() || openIfThere();
    } catch (IOException e) {
      failed(e);
      return false;
    }
  }

  /** Not once it was left, for nobody would end that connection. */
  private boolean isConnectedAtOnce() throws IOException {
    lock.lock();
    try {
      if (state == State.LEFT) {
        throw new IOException("left before it connected");
      }
      reservation.connects();
      // A connect that does not wait is under way even if it is through: as to the same machine.
      return reservation.socket().connect(asked) || reservation.socket().isConnected();
    } finally {
      lock.unlock();
    }
  }

  private void failed(IOException cause) {
    if (cause instanceof ConnectException && REFUSED.equals(cause.getMessage())) {
      reservation.refused();
    }
  }

  /**
   * Somebody has taken the connection. If it is another process, that has the port since the
   * server's has ended, then the end of the control link was sent before, as a rule. And a client
   * that was stopped may come when nobody remembers the agreement: it has not heard of the server
   * for long, then.
   */
  private boolean openIfThere() {
    ControlLink control = reservation.terms().link();
    long suspectNs = TimeUnit.MILLISECONDS.toNanos(side.settings().suspectMs());
    boolean isThere = control.isPeerThere() && System.nanoTime() - control.heardNs() < suspectNs;
    return isThere && open();
  }

  /**
   * The kernel says so, or the server does.
   *
   * @return false if it was left before that
   */
  boolean open() {
    lock.lock();
    try {
      if (state == State.CONNECTING) {
        state = State.OPEN;
        openedNs = System.nanoTime();
        session.openedDirectly(pool.target(), pool.peer(), reservation);
      }
      return state == State.OPEN;
    } finally {
      lock.unlock();
    }
  }

  // ---- what is not done at once ----

  private void goOn(RawSocket own, boolean isUnderWay) {
    if (session.isOver()) {
      own.close();
      return;
    }
    original = own;
    State now = state();
    if (now == State.OPEN) {
      dropOriginal();
    } else if (now == State.LEFT || !isUnderWay || !watch()) {
      leave();
    }
  }

  private boolean watch() {
    try {
      side.loop().watch(reservation.socket(), EventLoop.WRITE, events -> changed());
      patience = side.loop().after(side.answerPatienceMs(), this::leave);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void unwatch() {
    side.loop().unwatch(reservation.socket());
    if (patience != null) {
      patience.cancel();
      patience = null;
    }
  }

  private void changed() {
    try {
      if (!reservation.socket().isConnected()) {
        return;
      }
    } catch (IOException e) {
      failed(e);
      leave();
      return;
    }
    if (openIfThere()) {
      unwatch();
      dropOriginal();
    } else {
      leave();
    }
  }

  private State state() {
    lock.lock();
    try {
      return state;
    } finally {
      lock.unlock();
    }
  }

  /** True when there is a connection that the session has, or had. */
  private boolean isSettled() {
    lock.lock();
    try {
      if (state == State.CONNECTING) {
        state = State.LEFT;
      }
      return state == State.OPEN;
    } finally {
      lock.unlock();
    }
  }

  /** It did not connect, or is not to: the door has to open it, once the application waits. */
  void leave() {
    if (isSettled() || original == null || session.isOver()) {
      return;
    }
    RawSocket own = original;
    original = null;
    session.leaveReserved();
    new Opening(side, session, descriptor, own, asked)
        .begin(pool.target(), session.group().targets());
  }

  private void dropOriginal() {
    if (original != null) {
      original.close();
      original = null;
    }
  }

  /** The application has closed, or the session is over, or its link is lost. */
  void abandon() {
    unwatch();
    dropOriginal();
    if (!isSettled()) {
      ControlLink control = pool.peer().link();
      if (control != null && reservation.mayHaveConnected()) { // somebody may have accepted it
        control.abort(session.session().id(), 0, Refusal.UNSPECIFIED, "connect was given up");
      }
    }
    pool.leave(reservation);
  }

  // ---- until the server has confirmed ----

  /** The server has the session. */
  void confirmed() {
    unwatch();
    dropOriginal();
    descriptor.confirmed(reservation.socket());
    pool.confirmed(reservation);
  }

  /** The control link by which it was agreed. */
  ControlLink link() {
    return reservation.terms().link();
  }

  boolean isAt(ServerPeer there) {
    return pool.peer() == there;
  }

  /** For how long the server has not said that it has the session, nor was asked. */
  long unconfirmedNs(long nowNs) {
    return nowNs - openedNs;
  }

  /** Asks the server whether the connection is there, or waits to be accepted. */
  void askAgain(long nowNs) {
    openedNs = nowNs;
    pool.askAgain(reservation);
  }

  /** It is not, the server says. */
  void notThere() {
    session.askWhetherThere();
  }
}

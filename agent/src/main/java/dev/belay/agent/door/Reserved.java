package dev.belay.agent.door;

import dev.belay.agent.control.ControlLink;
import dev.belay.agent.wire.Bytes;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * An address from which a client may connect to a service's own port: that connection, and no
 * other, is the session's.
 *
 * <p>The race of the accepting thread with the loop, which finds that the address is not good any
 * longer, is settled by one change of {@link #state}: who makes it has decided.
 *
 * <p>Invariant: is accepted at most once, and never again after it was cancelled.
 */
final class Reserved {
  private enum State {
    /** The client has not been answered: what comes from there is older. To AGREED, CANCELLED. */
    OFFERED,
    /** The client may come. To ACCEPTED, CANCELLED. */
    AGREED,
    /** It came, and the application has accepted it. */
    ACCEPTED,
    /** Its client may believe that it is agreed: who comes from there is reset. */
    CANCELLED
  }

  /**
   * A client that was not heard of for so many times {@code belay.suspect} is not waited for,
   * whatever the loop knows: this JVM may have been stopped, and the port given to somebody else.
   */
  private static final int STALE_SUSPECTS = 3;

  private final ServerSession session;
  private final Listeners.Listener listener;
  private final InetSocketAddress address;
  private final Bytes client;
  private final ControlLink link;
  private final AtomicReference<State> state = new AtomicReference<>(State.OFFERED);

  /**
   * @param link by which the client has said so: without it nothing is agreed
   */
  Reserved(
      ServerSession session,
      Listeners.Listener listener,
      InetSocketAddress address,
      ControlLink link) {
    this.session = session;
    this.listener = listener;
    this.address = address;
    this.client = session.client().instance;
    this.link = link;
  }

  ServerSession session() {
    return session;
  }

  Listeners.Listener listener() {
    return listener;
  }

  InetSocketAddress address() {
    return address;
  }

  boolean isOf(Bytes instance) {
    return client.equals(instance);
  }

  ControlLink link() {
    return link;
  }

  boolean isBy(ControlLink other) {
    return link == other;
  }

  /**
   * The client is told so.
   *
   * @return false if it was cancelled meanwhile
   */
  boolean agree() {
    return state.compareAndSet(State.OFFERED, State.AGREED);
  }

  /** Whether the client has not been told that it may come. */
  boolean isOffered() {
    return state.get() == State.OFFERED;
  }

  boolean isAgreed() {
    return state.get() == State.AGREED;
  }

  boolean isAccepted() {
    return state.get() == State.ACCEPTED;
  }

  /**
   * A connection has come from there. A listener that was opened anew has not what was in the
   * backlog of the former one. Accepting thread.
   *
   * @return whether it is the session's
   */
  boolean accept(long atListener, long suspectMs, long nowNs) {
    long staleNs = TimeUnit.MILLISECONDS.toNanos(STALE_SUSPECTS * suspectMs);
    boolean isFresh = nowNs - link.heardNs() < staleNs;
    return isFresh
        && atListener == listener.id()
        && link.isPeerThere()
        && state.compareAndSet(State.AGREED, State.ACCEPTED);
  }

  /**
   * Nobody may come from there any more.
   *
   * @return false if somebody had
   */
  boolean cancel() {
    return state.compareAndSet(State.OFFERED, State.CANCELLED)
        || state.compareAndSet(State.AGREED, State.CANCELLED)
        || !isAccepted();
  }
}

package dev.belay.agent.takeover;

import dev.belay.agent.control.ControlLink;
import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.wire.Bytes;
import dev.belay.replicator.log.SessionId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A socket of this client, bound to an address that a server was told of: a connection from there
 * to the service's own port will be a certain session's.
 *
 * <p>Invariant: the socket is closed only when the server would not take another's connection from
 * that port for the session: it has said that it has the session, or that it has forgotten the
 * address, or it is gone. Loop thread, but for {@link #take}.
 */
final class Reservation {
  private enum State {
    /** The server has not answered. To AGREED, LEFT. */
    OFFERED,
    /** The server will take the connection for the session. To TAKEN, LEFT. */
    AGREED,
    /** An application connects, or has connected, with it. To LEFT. */
    TAKEN,
    /** It is not wanted any more; the server is to forget it. */
    LEFT
  }

  /**
   * What both ends have agreed upon.
   *
   * @param remote where the connection goes, a server's address as the application knows it
   * @param link by which it was agreed
   * @param server the process at the other end of it
   */
  record Terms(
      SessionId id,
      Bytes key,
      InetSocketAddress local,
      InetAddress remote,
      ControlLink link,
      Bytes server) {}

  private final RawSocket socket;
  private final Terms terms;
  private final AtomicReference<State> state = new AtomicReference<>(State.OFFERED);

  /** With it from TAKEN on. */
  private volatile DirectOpening opening;

  /** Segments of a connection may be under way. */
  private volatile boolean mayHaveConnected;

  private long leftNs;

  Reservation(RawSocket socket, Terms terms) {
    this.socket = socket;
    this.terms = terms;
  }

  RawSocket socket() {
    return socket;
  }

  Terms terms() {
    return terms;
  }

  /**
   * @return false if it is not wanted any more
   */
  boolean agreed() {
    return state.compareAndSet(State.OFFERED, State.AGREED);
  }

  /**
   * For one connect. Any thread.
   *
   * @return false if it is not to be had any more
   */
  boolean take() {
    return state.compareAndSet(State.AGREED, State.TAKEN);
  }

  /** The connect that it was taken for; null for a moment, and if there is none. */
  DirectOpening opening() {
    return opening;
  }

  void opening(DirectOpening by) {
    opening = by;
  }

  /** It is about to connect. */
  void connects() {
    mayHaveConnected = true;
  }

  /** Nobody was there: no segment of a connection is under way. */
  void refused() {
    mayHaveConnected = false;
  }

  /** Whether the server's kernel may know a connection from there. */
  boolean mayHaveConnected() {
    return mayHaveConnected;
  }

  /** True when nobody has taken it, or ever will. */
  boolean leaveUntaken() {
    return state.compareAndSet(State.AGREED, State.LEFT)
        || state.compareAndSet(State.OFFERED, State.LEFT);
  }

  boolean isTaken() {
    return state.get() == State.TAKEN;
  }

  boolean isLeft() {
    return state.get() == State.LEFT;
  }

  /** What became of it is over: a connection that there may be is reset. */
  void leave(long nowNs) {
    state.set(State.LEFT);
    leftNs = nowNs;
    socket.disconnect();
  }

  /** Since when it is not wanted any more. */
  long leftNs() {
    return leftNs;
  }
}

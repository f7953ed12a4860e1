package dev.belay.agent.control;

import dev.belay.agent.descriptor.GuardedDescriptor;
import dev.belay.agent.descriptor.LinkEvents;
import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.report.AgentLog;
import dev.belay.agent.report.SessionView;
import dev.belay.agent.session.Pump;
import dev.belay.agent.session.Session;
import dev.belay.agent.wire.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import sun.nio.ch.BelayNative;

/**
 * What both ends of a session do alike: tell the peer of positions and ends, find out whether the
 * end of a link was the end of the stream, resend into a new link.
 *
 * <p>An end of stream on a data link counts only when the peer's FIN frame names that position. The
 * frame travels on another connection, so either may come first; the descriptor is suspended until
 * both are here, or the grace is over and the link is taken for lost.
 *
 * <p>Threads: all on the loop, except the {@link LinkEvents}, which come from anywhere.
 */
public abstract class Endpoint implements LinkEvents, Session.Listener {
  /** How long an end of stream waits for its FIN frame while the control link is up. */
  private static final long GRACE_MS = 20;

  /** How often it is looked whether a call in progress has left. */
  private static final long STILL_MS = 1;

  private static final int DISCARD_BYTES = 64 << 10;

  protected final Session session;
  protected final EventLoop loop;
  protected volatile GuardedDescriptor descriptor;

  private volatile boolean isOver;
  private volatile boolean isBroken;
  private Pump resend;
  private long remindedPosition = -1;
  private long remindedNs;
  private long missingPosition = -1;
  private long missingNs;
  private boolean endIsMissing;
  private long endMissingNs;
  private RawSocket adopted;
  private EventLoop.Timer closing;

  protected Endpoint(Session session, EventLoop loop) {
    this.session = session;
    this.loop = loop;
    session.listener(this);
  }

  public final Session session() {
    return session;
  }

  public final boolean isOver() {
    return isOver;
  }

  /** How it looks to reports. */
  public abstract SessionView view();

  /** The control link to the peer, or null while there is none. Any thread. */
  protected abstract ControlLink control();

  /** The link is lost, the descriptor parked (or closed). */
  protected abstract void lost(String cause);

  /** Nothing of the session is left to be done: forget it. */
  protected abstract void forget();

  /** True while the peer is to hear of positions. Any thread. */
  public boolean tellsPositions() {
    return true;
  }

  /** By the reader itself: waking the loop for it would cost more than the frame. */
  @Override
  public final void muchReceived() {
    ControlLink link = control();
    if (link != null && tellsPositions()) {
      link.receivedNow(session);
    }
  }

  // ---- from the descriptor ----

  @Override
  public final void linkLost(String cause) {
    loop.execute(
        () -> {
          try {
            hearPeer();
          } finally {
            lose(cause);
          }
        });
  }

  /** A peer whose application resets says so before its kernel does. */
  private void hearPeer() {
    ControlLink link = control();
    if (link != null) {
      link.hear();
    }
  }

  private void lose(String cause) {
    resend = null;
    if (!isOver) {
      lost(cause);
    }
  }

  /**
   * Gives up the link by this end's own decision.
   *
   * @return false when there was none
   */
  protected final boolean dropLink() {
    resend = null;
    GuardedDescriptor current = descriptor;
    return current != null && current.park();
  }

  @Override
  public final void broken(String cause) {
    loop.execute(() -> breakOff("descriptor: " + cause));
  }

  @Override
  public final void inputEnds() {
    ControlLink link = control();
    if (link != null) {
      link.hearEnd(session);
    }
  }

  @Override
  public final void inputSuspended() {
    loop.execute(
        () -> {
          settle();
          loop.after(GRACE_MS, this::endGrace);
        });
  }

  private void endGrace() {
    settle();
    if (descriptor.loseSuspended()) {
      lose("end of stream without a close");
    }
  }

  /** Compares a suspended end of stream with what the peer has said. */
  private void settle() {
    if (!descriptor.isSuspended()) {
      return;
    }
    if (!descriptor.isReadStill()) {
      loop.after(STILL_MS, this::settle);
    } else if (session.isInputComplete()) {
      descriptor.unsuspend();
    } else if (session.finalReceived() >= 0 || control() == null) {
      if (descriptor.loseSuspended()) {
        lose("end of stream before its end");
      }
    }
  }

  @Override
  public final void outputEnded(boolean isClosing) {
    if (isClosing) {
      session.closing();
    }
    if (descriptor.isWriteStill()) {
      tellEnd();
    } else {
      loop.execute(() -> loop.after(STILL_MS, () -> outputEnded(isClosing)));
    }
  }

  @Override
  public final void closed(boolean abortive) {
    if (abortive) {
      session.closeLocally();
      ControlLink link = control();
      if (link != null && mayTellEnd() && !isBroken) {
        link.abort(session.id(), session.epoch(), Refusal.UNSPECIFIED, "reset by the application");
      }
      loop.execute(this::over);
    } else if (descriptor.isWriteStill()) {
      boolean isTold = session.isClosing() && session.finalSent() >= 0 && !session.owesAck();
      session.closeLocally();
      if (!isTold) { // or will be, to the next control link
        tellEnd();
      }
      closedSoon();
    } else {
      loop.execute(() -> loop.after(STILL_MS, () -> closed(false)));
    }
  }

  /**
   * Waking the loop costs more than what it then does. So it is not woken where it looks by itself,
   * as ends come very often, nor while the peer has not closed, whose word wakes it.
   */
  private void closedSoon() {
    ControlLink link = control();
    boolean turnsAnyway = link != null && (link.isPaced() || !session.isRemoteClosed());
    if (turnsAnyway) {
      loop.later(this::closedLocally);
    } else {
      loop.execute(this::closedLocally);
    }
  }

  /**
   * False while an end is not to be told: it is not the application's own since the process is
   * being shut down, or the session's output is not verified yet.
   */
  protected boolean mayTellEnd() {
    return true;
  }

  private void tellEnd() {
    if (isBroken) {
      return; // what an application does with a session that was reset is no end of the stream
    }
    session.endOutput();
    ControlLink link = control();
    if (link != null && mayTellEnd()) {
      link.fin(session);
    }
  }

  @Override
  public final void pumped() {
    loop.wake();
  }

  /** The application has closed its end in order. */
  protected void closedLocally() {
    checkOver();
  }

  // ---- from the peer ----

  /** The peer's application was given all below {@code position}. */
  public void peerReceived(long position) {
    session.remoteReceived(position);
    checkOver();
  }

  // ---- a data link that is silent though the control link is not ----

  /**
   * Says how much was sent when the peer has not got on for a while. Each beat.
   *
   * @param suspectMs how long a silence makes a link suspect ({@code belay.suspect})
   */
  public final void remind(long nowNs, long suspectMs) {
    checkEnd(nowNs, suspectMs);
    if (session.isRemoteClosed()) {
      return; // it wants no more
    }
    long received = session.remoteReceived();
    if (received != remindedPosition || received >= session.sentPosition()) {
      remindedPosition = received;
      remindedNs = nowNs;
    } else if (nowNs - remindedNs > suspectMs * 500_000) {
      ControlLink link = control();
      if (link != null) {
        link.sent(session);
      }
    }
  }

  /**
   * The peer has sent up to {@code position} and hears of less. If there is nothing to read here
   * either, what is missing is neither at this end nor, for so long, on its way: the link is lost.
   * An application that reads slowly has something to read.
   */
  public final void peerSent(long position, long suspectMs) {
    long received = session.receivedPosition();
    GuardedDescriptor current = descriptor;
    if (received >= position || current == null || !current.hasNothingToRead()) {
      missingPosition = -1;
      return;
    }
    long nowNs = System.nanoTime();
    if (received != missingPosition) {
      missingPosition = received;
      missingNs = nowNs;
    } else if (nowNs - missingNs > suspectMs * 1_000_000 && dropLink()) {
      missingPosition = -1;
      lost("silent data link");
    }
  }

  /**
   * The peer has said that all is sent, and all has come, but not the end of the stream: nothing
   * follows that would remind of it, so it is waited for as long as for bytes that are missing.
   */
  private void checkEnd(long nowNs, long suspectMs) {
    boolean isMissing = session.isInputComplete() && waits();
    if (!isMissing) {
      endIsMissing = false;
    } else if (!endIsMissing) {
      endIsMissing = true;
      endMissingNs = nowNs;
    } else if (nowNs - endMissingNs > suspectMs * 1_000_000 && dropLink()) {
      endIsMissing = false;
      lost("silent data link at its end");
    }
  }

  /** True when there is a link, and a read by the application would wait. */
  public final boolean waits() {
    GuardedDescriptor current = descriptor;
    return current != null && current.wouldWait();
  }

  /** The peer's application has ended its output. */
  public void peerEnded(long finalPosition, boolean closed) {
    session.remoteEnded(finalPosition, closed);
    if (descriptor != null) {
      settle();
    }
    checkOver();
  }

  /** The peer has given the session up, or its application reset it. */
  public final void peerAborted(String reason) {
    breakOff("peer: " + reason);
  }

  /** Tells a new control link all that an old one may have lost. */
  public void tellAgain() {
    session.forgetAcks();
    ControlLink link = control();
    if (link != null && session.finalSent() >= 0 && mayTellEnd()) {
      link.fin(session);
    }
  }

  /** The session ends with "connection reset". */
  public final void breakOff(String reason) {
    if (isOver) {
      return;
    }
    AgentLog.debug("session=" + session.id().shortString() + " reset: " + reason);
    isBroken = true; // before the application can see it, and close
    GuardedDescriptor current = descriptor;
    if (current != null) {
      current.loseSuspended();
      current.breakOff();
    }
    over();
  }

  /** Both applications have all they are going to get. */
  protected final void endInOrder() {
    descriptor.endInOrder();
    checkOver();
  }

  /** True when no byte is missing on either side: a lost link need not be replaced. */
  protected final boolean needsNoLink() {
    boolean outputOver = session.isRemoteClosed() || session.isOutputComplete();
    return outputOver && session.isInputComplete();
  }

  /**
   * False while the peer does not know how far this end is: then it has to hear of the end, too.
   */
  protected boolean mayBeOver() {
    return true;
  }

  protected final void checkOver() {
    boolean delivered = session.isRemoteClosed() || session.isOutputComplete();
    if (session.isLocalClosed() && delivered && mayBeOver()) {
      over();
    }
  }

  protected final void over() {
    if (!isOver) {
      isOver = true;
      if (closing != null) {
        closing.cancel();
      }
      if (adopted != null) {
        drop(adopted);
      }
      session.release();
      forget();
    }
  }

  // ---- a new link ----

  /**
   * Runs the action once no call that began on the old link is in progress; at the earliest in the
   * loop's next turn, behind what such calls have reported.
   */
  protected final void whenStill(Runnable action) {
    if (descriptor == null || descriptor.isStill()) {
      loop.execute(action);
    } else {
      loop.after(STILL_MS, () -> whenStill(action));
    }
  }

  /**
   * Gives the application the link and sends {@code toSend} before its own writes; when the
   * application has closed already, sends it and ends the link.
   *
   * <p>An application that closes just now has given back its descriptor, but {@link #closed} has
   * not been heard, as a write may still have to be counted: the link is kept until it is.
   */
  protected final void adopt(RawSocket link, Pump toSend) throws IOException {
    boolean isTaken = !session.isLocalClosed() && descriptor.install(link, toSend);
    if (!isTaken && !session.isLocalClosed() && !descriptor.isClosed()) {
      link.reset();
      breakOff("the link cannot be installed");
      return;
    }
    if (adopted != null) {
      drop(adopted); // an application that has closed has no number of it, so nobody else would
    }
    resend = toSend;
    adopted = link;
    loop.watch(link, EventLoop.WRITE, events -> push(link, toSend));
    push(link, toSend);
  }

  private void drop(RawSocket link) {
    loop.unwatch(link);
    descriptor.drop(link);
  }

  private void push(RawSocket link, Pump toSend) throws IOException {
    if (link.isClosed()) {
      return;
    }
    if (resend != toSend || isOver || toSend.isFinished()) {
      drop(link);
    } else if (session.isLocalClosed()) {
      pushForClosed(link, toSend);
    } else if (!descriptor.isClosed() && descriptor.pump(toSend)) {
      drop(link);
    }
  }

  private void pushForClosed(RawSocket link, Pump toSend) throws IOException {
    try {
      if (!descriptor.pumpAfterClose(toSend, link)) {
        return;
      }
      if (toSend.isFinished()) {
        drop(link); // the application sent the rest itself before it closed
        return;
      }
      link.shutdown(BelayNative.SHUT_WRITE);
      loop.unwatch(link);
      loop.watch(link, EventLoop.READ, events -> discard(link));
    } catch (IOException e) {
      drop(link);
      lose(String.valueOf(e.getMessage()));
    }
  }

  /** The application is gone: what still comes for it is dropped, so that the peer can finish. */
  private void discard(RawSocket link) {
    try {
      ByteBuffer nobody = ByteBuffer.allocate(DISCARD_BYTES);
      int n = link.read(nobody);
      if (n == RawSocket.EOF || isOver) {
        drop(link);
      }
    } catch (IOException e) {
      drop(link);
      lose(String.valueOf(e.getMessage()));
    }
  }

  /**
   * The application has closed; the peer may still be given what it sent, for a while.
   *
   * @param patienceMs without progress
   */
  protected final void closeWithin(long patienceMs) {
    if (!isOver) {
      long position = sentToPeer();
      closing =
          loop.after(
              patienceMs,
              () -> {
                if (sentToPeer() > position) {
                  closeWithin(patienceMs);
                } else {
                  over();
                }
              });
    }
  }

  private long sentToPeer() {
    Pump current = resend;
    return Math.max(session.remoteReceived(), current == null ? 0 : current.position());
  }
}

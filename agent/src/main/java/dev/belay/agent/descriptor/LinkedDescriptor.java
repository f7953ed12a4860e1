package dev.belay.agent.descriptor;

import dev.belay.agent.session.LogTruncatedException;
import dev.belay.agent.session.Pump;
import java.io.FileDescriptor;
import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.concurrent.locks.ReentrantLock;
import sun.nio.ch.BelayHook;
import sun.nio.ch.BelayNative;
import sun.nio.ch.BelayPolls;
import sun.nio.ch.BelaySeam;

/**
 * The links of one descriptor of the application, one after the other: taken away, kept for a
 * while, installed, and fed with what goes before the application's own writes.
 *
 * <p>Invariant: all under {@link #lock}, the mode set before the link is touched; after {@link
 * #released} the number is not touched again. What of it races with the application's calls is with
 * them, in {@link GuardedDescriptor}.
 */
abstract class LinkedDescriptor extends BelayHook {
  final FileDescriptor fd;
  final LinkEvents events;
  final Pollers pollers = new Pollers();
  volatile Mode mode = Mode.WAITING;
  volatile boolean inputShut;
  volatile boolean outputShut;

  /**
   * The application's writes are held back though its link would take them: they find no room, and
   * neither selectors nor pollers are told of any.
   *
   * <p>The race, and what settles it: the writer raises the hold and then looks for room once more;
   * who makes room does so first and then looks for the hold. One of them sees the other. Both
   * change the hold under the lock.
   */
  private volatile boolean holdsWrites;

  /** Null where the JDK asks for none: of an accepted connection, and of a plain one. */
  private volatile JdkConnect connect;

  private final int number;
  private final BelayPolls polls;
  private LinkOptions options;

  /** That of the registrations, which go with the link. */
  private final ReentrantLock lock;

  // Guarded by lock.
  private boolean isOpen = true;
  private boolean wantsBlocking;
  private RawSocket suspended;
  private Pump pump;
  private RawSocket pumpLink;

  /**
   * Another number of the present link, of which the peer's agent has not said yet that it is the
   * session's; or null. Whoever has it at the other end may take it for a plain connection: it must
   * not end in the middle as if in order, but with a reset. And its port is nobody else's while
   * this number is open, whatever becomes of the link: its owner closes it when the peer would not
   * take another's connection for this one.
   */
  private RawSocket provisional;

  LinkedDescriptor(FileDescriptor fd, LinkEvents events) {
    this.fd = fd;
    this.number = BelaySeam.number(fd);
    this.events = events;
    this.polls = BelaySeam.polls(number);
    this.lock = polls.lock;
    this.wantsBlocking = BelaySeam.isBlocking(number);
    this.options = LinkOptions.of(BelaySeam.optionsSet(number), BelaySeam.knowsAllOptions());
  }

  /** Selectors are told by the agent from now on. */
  final void guard() {
    polls.guard();
  }

  static boolean isGone(Mode now) {
    return now == Mode.FREE || now == Mode.CLOSED;
  }

  /** True while the application is kept from writing, since its session's log is full. */
  public final boolean holdsWrites() {
    return holdsWrites;
  }

  final void setHold(boolean on) {
    lock.lock();
    try {
      if (isOpen) {
        holdNow(on);
      }
    } finally {
      lock.unlock();
    }
  }

  private void holdNow(boolean on) {
    if (on != holdsWrites) {
      holdsWrites = on;
      polls.hold(number, on);
    }
  }

  @Override
  public final int pollInterest(int interest) {
    return holdsWrites ? interest & ~BelayNative.EPOLLOUT : interest; // poll(2), epoll(7) agree
  }

  final boolean waitsForRoom() {
    lock.lock();
    try {
      boolean mayCome = mode == Mode.WAITING || mode == Mode.LIVE || mode == Mode.PUMPING;
      return wantsBlocking && mayCome && !outputShut;
    } finally {
      lock.unlock();
    }
  }

  /**
   * A writer helps the pump, so that poll(2) tells it the truth: it waits for the kernel's room.
   */
  final boolean pumpFromWriter() {
    Pump current = currentPump();
    if (current == null) {
      return mode == Mode.LIVE; // the loop has finished it
    }
    if (!current.lock().tryLock()) {
      return false; // the loop is at it
    }
    try {
      return pumpOnce(current);
    } finally {
      current.lock().unlock();
    }
  }

  private Pump currentPump() {
    lock.lock();
    try {
      return pump;
    } finally {
      lock.unlock();
    }
  }

  final void lose(IOException failure) {
    String message = failure.getMessage();
    if (park()) {
      events.linkLost(message == null ? failure.toString() : message);
    }
  }

  /**
   * Takes the link away: calls in progress end, later ones wait. Any thread.
   *
   * @return false when there was none, or the descriptor is closed
   */
  public final boolean park() {
    lock.lock();
    try {
      if (suspended != null) {
        dropSuspended();
        return true;
      }
      if (mode != Mode.LIVE && mode != Mode.PUMPING) {
        return false;
      }
      mode = Mode.WAITING;
      dropPump();
      cut();
      replace(RawSocket.quiet());
      return true;
    } catch (IOException e) {
      breakNow(e);
      return true;
    } finally {
      lock.unlock();
    }
  }

  final void suspend() {
    if (freeze()) {
      events.inputSuspended();
    }
  }

  /**
   * Keeps the link but takes it out of the application's hands, whose calls wait. Any thread.
   *
   * @return false when there was no link to be kept
   */
  public final boolean freeze() {
    lock.lock();
    try {
      if (mode != Mode.LIVE) {
        return false;
      }
      mode = Mode.WAITING;
      suspended = RawSocket.duplicateOf(fd);
      replace(RawSocket.quiet());
      return true;
    } catch (IOException e) {
      breakNow(e);
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** The end of the input was the true one: the kept link comes back. Loop thread. */
  public final void unsuspend() {
    lock.lock();
    try {
      RawSocket kept = suspended;
      suspended = null;
      if (kept != null && isOpen && mode == Mode.WAITING) {
        kept.configureBlocking(wantsBlocking);
        replace(kept);
        mode = Mode.LIVE;
        shutdownOutputIfAsked();
      } else if (kept != null) {
        kept.close();
      }
    } catch (IOException e) {
      breakNow(e);
    } finally {
      lock.unlock();
    }
    pollers.signal();
  }

  /** The end of the input was the link's only: it is given up. Loop thread. */
  public final boolean loseSuspended() {
    lock.lock();
    try {
      if (suspended == null) {
        return false;
      }
      dropSuspended();
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void dropSuspended() {
    if (provisional != null) {
      leaveProvisional();
    } else {
      suspended.shutdown(BelayNative.SHUT_BOTH);
    }
    suspended.close();
    suspended = null;
  }

  public final boolean isSuspended() {
    lock.lock();
    try {
      return suspended != null;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Gives the application a link. The caller keeps its own number of it and closes it when the
   * pump, if there is one, is through. Loop thread, or the accepting thread.
   *
   * @param toSend what goes before the application's writes, or null
   * @return false when the descriptor is closed or the session over
   */
  public final boolean install(RawSocket link, Pump toSend) {
    link.acknowledgeQuickly();
    return installNow(link, toSend);
  }

  private boolean installNow(RawSocket link, Pump toSend) {
    lock.lock();
    try {
      if (!isOpen || mode != Mode.WAITING) {
        return false;
      }
      options.carry(fd, link);
      link.configureBlocking(toSend == null && wantsBlocking);
      link.duplicateOnto(fd, polls, number);
      pump = toSend;
      pumpLink = toSend == null ? null : link;
      if (inputShut) {
        link.shutdown(BelayNative.SHUT_READ);
      }
      mode = toSend == null ? Mode.LIVE : Mode.PUMPING;
      if (toSend == null) {
        shutdownOutputIfAsked();
      }
    } catch (IOException e) {
      breakNow(e);
      return false;
    } finally {
      lock.unlock();
    }
    pollers.signal();
    return true;
  }

  /**
   * Sends what goes before the application's own writes, as far as the link takes it. Loop thread.
   *
   * @return true when there is nothing more to do for this pump: it is through, or was dropped
   */
  public final boolean pump(Pump expected) {
    expected.lock().lock();
    try {
      return pumpOnce(expected) || currentPump() != expected;
    } finally {
      expected.lock().unlock();
    }
  }

  /**
   * As {@link #pump} after the application has closed: nobody else sends now.
   *
   * @return true when all has been sent
   */
  public final boolean pumpAfterClose(Pump left, RawSocket link) throws IOException {
    left.lock().lock();
    try {
      return left.isFinished() || left.step(link::write);
    } finally {
      left.lock().unlock();
    }
  }

  /** Caller holds the lock of {@code current}, until here it is finished or goes on. */
  private boolean pumpOnce(Pump current) {
    RawSocket link;
    lock.lock();
    try {
      link = pumpLink;
      if (mode != Mode.PUMPING || pump != current) {
        return mode == Mode.LIVE;
      }
    } finally {
      lock.unlock();
    }
    try {
      return current.step(link::write) && finishPump(current);
    } catch (IOException e) {
      lose(e);
      return false;
    } catch (LogTruncatedException e) {
      lose(new IOException(e.getMessage()));
      return false;
    }
  }

  private boolean finishPump(Pump finished) throws IOException {
    lock.lock();
    try {
      if (mode != Mode.PUMPING || pump != finished) {
        return false;
      }
      pumpLink.configureBlocking(wantsBlocking);
      finished.finish();
      dropPump();
      mode = Mode.LIVE;
      shutdownOutputIfAsked();
    } finally {
      lock.unlock();
    }
    events.pumped();
    return true;
  }

  /** The session is over and not in order: both directions throw from now on. Any thread. */
  public final void breakOff() {
    end(Mode.BROKEN);
  }

  /** Both directions are over in order, but there is no link to say so. Any thread. */
  public final void endInOrder() {
    end(Mode.ENDED);
  }

  private void end(Mode last) {
    lock.lock();
    try {
      if (!isOpen || mode == Mode.BROKEN || mode == Mode.ENDED) {
        return;
      }
      boolean linked = mode == Mode.LIVE || mode == Mode.PUMPING;
      mode = last;
      holdNow(false);
      dropPump();
      if (linked) {
        cut();
      }
      replace(RawSocket.open()); // unconnected: poll(2) and epoll report POLLHUP, everyone wakes
    } catch (IOException e) {
      cut();
    } finally {
      lock.unlock();
    }
    pollers.signal();
  }

  /** A system call failed that has to work (no descriptors left): the session cannot be kept. */
  private void breakNow(IOException cause) {
    mode = Mode.BROKEN;
    dropPump();
    cut();
    events.broken(String.valueOf(cause.getMessage()));
  }

  /**
   * A call took bytes from the link, or gave it some, and they could not be counted: what follows
   * would stand at a wrong position. Memory may be out, so what needs some comes last.
   */
  final void breakUncounted() {
    lock.lock();
    try {
      if (mode == Mode.FREE) {
        return;
      }
      if (isOpen) {
        mode = Mode.BROKEN;
        dropPump();
        cut();
      }
      events.broken("bytes could not be counted");
    } finally {
      lock.unlock();
    }
  }

  private void dropPump() {
    pump = null;
    pumpLink = null;
  }

  /** dup2 of a socket of ours that nobody else needs. Caller holds the lock. */
  private void replace(RawSocket socket) throws IOException {
    options.carry(fd, socket);
    stopLinger();
    try {
      socket.duplicateOnto(fd, polls, number);
    } finally {
      socket.leave();
    }
  }

  /** Else the kernel would block whoever drops the last name of the old link, for seconds. */
  private void stopLinger() {
    if (!options.mayLinger()) {
      return;
    }
    try {
      BelayNative.option(fd, StandardSocketOptions.SO_LINGER, -1);
    } catch (IOException e) {
      return; // a link without options does not linger
    }
  }

  /** The link is given up: whoever sleeps on it wakes. Caller holds the lock. */
  private void cut() {
    if (provisional != null) {
      leaveProvisional();
    } else {
      shutdownNow();
    }
  }

  private void leaveProvisional() {
    provisional.disconnect();
    provisional = null;
  }

  private void shutdownNow() {
    try {
      BelayNative.shutdown(fd, BelayNative.SHUT_BOTH);
    } catch (IOException e) {
      // Not connected any longer: what was to be reached.
      return;
    }
  }

  private void shutdownOutputIfAsked() throws IOException {
    if (outputShut) {
      BelayNative.shutdown(fd, BelayNative.SHUT_WRITE);
    }
  }

  /**
   * Gives back the loop's own number of a link that was installed. Under the lock: while the
   * application's number is open this is not the last one, and what the application has set stays;
   * behind it, nobody lingers.
   */
  public final void drop(RawSocket link) {
    lock.lock();
    try {
      if (isOpen) {
        link.leave();
      } else {
        link.close();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Gives the descriptor back to the JDK as a plain socket on this (connected) link; the number
   * that the caller has of it is given back.
   */
  public final boolean handBack(RawSocket plain) {
    lock.lock();
    try {
      if (!isOpen) {
        plain.close();
        return false;
      }
      options.carry(fd, plain);
      plain.configureBlocking(wantsBlocking);
      connect = null; // before the readiness of the plain link makes the JDK ask
      plain.duplicateOnto(fd, polls, number);
      plain.leave();
      isOpen = false;
      mode = Mode.FREE;
      BelaySeam.unguard(number, this);
    } catch (IOException e) {
      plain.close();
      breakNow(e);
      return false;
    } finally {
      lock.unlock();
    }
    pollers.signal();
    return true;
  }

  /** True as soon as the application has given the number back: no link can be installed. */
  public final boolean isClosed() {
    return mode == Mode.CLOSED;
  }

  /** The link that the descriptor has by itself (a doorbell) serves for the time being. */
  public final void useOwnLink() {
    lock.lock();
    try {
      if (isOpen && mode == Mode.WAITING) {
        mode = Mode.LIVE;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Parks a socket that is not connected yet; the answer is its own former self. */
  public final RawSocket parkUnconnected() throws IOException {
    lock.lock();
    try {
      if (!isOpen) {
        throw new IOException("closed while it connects");
      }
      RawSocket original = RawSocket.duplicateOf(fd);
      try {
        original.configureBlocking(false);
        replace(RawSocket.quiet());
      } catch (IOException e) {
        original.close();
        throw e;
      }
      return original;
    } finally {
      lock.unlock();
    }
  }

  // ---- connecting ----

  /** The JDK has asked to connect; it is told to wait. */
  public final void connecting() {
    connect = new JdkConnect();
  }

  /** What has begun with {@link #connecting}; null after {@link #handBack}. */
  final JdkConnect connect() {
    return connect;
  }

  /** What the application has set on its socket, which is about to connect, goes for another. */
  public final void prepare(RawSocket link) throws IOException {
    lock.lock();
    try {
      if (!isOpen) {
        throw new IOException("closed while it connects");
      }
      options.carrySet(link);
    } finally {
      lock.unlock();
    }
  }

  /**
   * As {@link #install}, of a link of which nobody has said that it is the session's. The caller
   * keeps its own number of it, and with it the port, until {@link #confirmed} or as long as it
   * likes.
   */
  public final boolean installUnconfirmed(RawSocket link) {
    lock.lock();
    try {
      provisional = link;
      boolean isTaken = installNow(link, null); // nothing has been read from it
      provisional = isTaken ? link : null;
      return isTaken;
    } finally {
      lock.unlock();
    }
  }

  /** The link that the descriptor has is the session's, the peer says: it is as any other. */
  public final void confirmed(RawSocket link) {
    lock.lock();
    try {
      if (provisional == link) {
        provisional = null;
      }
    } finally {
      lock.unlock();
    }
    drop(link);
  }

  @Override
  public final int pollConnect() throws IOException {
    JdkConnect current = connect;
    return current == null ? PASS : current.poll();
  }

  @Override
  public final void released(FileDescriptor closing) {
    boolean abortive;
    lock.lock();
    try {
      if (!isOpen) {
        return;
      }
      isOpen = false;
      BelaySeam.unguard(number, this);
      abortive = isLingerZero();
      mode = Mode.CLOSED;
      endProvisional(abortive);
      if (suspended != null) {
        suspended.close();
        suspended = null;
      }
    } finally {
      lock.unlock();
    }
    events.closed(abortive);
  }

  /** The kernel does not end a link of which there is another number. Caller holds the lock. */
  private void endProvisional(boolean abortive) {
    if (provisional != null && abortive) {
      leaveProvisional();
    } else if (provisional != null) {
      provisional.shutdown(BelayNative.SHUT_WRITE);
    }
  }

  private boolean isLingerZero() {
    try {
      return options.mayLinger()
          && Integer.valueOf(0).equals(BelayNative.option(fd, StandardSocketOptions.SO_LINGER));
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public final void configureBlocking(FileDescriptor of, boolean blocking) throws IOException {
    lock.lock();
    try {
      wantsBlocking = blocking;
      if (mode == Mode.LIVE || mode == Mode.FREE) {
        BelayNative.configureBlocking(fd, blocking);
      }
    } finally {
      lock.unlock();
    }
  }

  /** A quiet link would be asked in vain (a socket that listens has no such answer): 0 then. */
  @Override
  public final int available() throws IOException {
    lock.lock();
    try {
      boolean isLinked = mode == Mode.LIVE || mode == Mode.PUMPING || mode == Mode.FREE;
      return isLinked ? BelayNative.available(fd) : 0;
    } finally {
      lock.unlock();
    }
  }

  /** True when there is a link that has no byte for the application just now. */
  public final boolean hasNothingToRead() {
    lock.lock();
    try {
      return (mode == Mode.LIVE || mode == Mode.PUMPING) && BelayNative.available(fd) == 0;
    } catch (IOException e) {
      return false; // its next call will find out
    } finally {
      lock.unlock();
    }
  }

  /** True when there is a link on which a read would wait: not even the end has come. */
  public final boolean wouldWait() {
    lock.lock();
    try {
      boolean isLinked = mode == Mode.LIVE || mode == Mode.PUMPING;
      return isLinked && !inputShut && !BelayNative.isReadable(fd);
    } catch (IOException e) {
      return false; // its next call will find out
    } finally {
      lock.unlock();
    }
  }

  @Override
  public final void enterPoll(long nativeThread) {
    pollers.enter(nativeThread);
  }

  @Override
  public final void exitPoll(long nativeThread) {
    pollers.exit(nativeThread);
  }

  @Override
  public final void optionSet(SocketOption<?> name, Object value) {
    lock.lock();
    try {
      options = options.with(name, value);
    } finally {
      lock.unlock();
    }
  }
}

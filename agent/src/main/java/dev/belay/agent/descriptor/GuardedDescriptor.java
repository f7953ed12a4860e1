package dev.belay.agent.descriptor;

import dev.belay.agent.session.LogTruncatedException;
import dev.belay.agent.session.Pump;
import dev.belay.agent.session.Session;
import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.concurrent.locks.ReentrantLock;
import sun.nio.ch.BelayHook;
import sun.nio.ch.BelayNative;
import sun.nio.ch.BelayPolls;
import sun.nio.ch.BelaySeam;

/**
 * One descriptor of the application, under which the agent changes links. Counts what passes,
 * answers "nothing yet" while there is no link, and never lets a byte of a lost link through that
 * was not counted before the next one came.
 *
 * <p>The races, and what settles them:
 *
 * <ul>
 *   <li><b>A call in progress while the link is taken away.</b> A begin raises the flag of its
 *       direction and then looks at the mode; {@link #park} sets the mode and then looks at the
 *       flags ({@link #isStill}). Both are volatile, so one of them sees the other (Dekker): either
 *       the call goes back empty-handed or the new link waits until the call has been counted.
 *       Until it has, nobody reads the session's positions. So what a call brings back from the old
 *       link is never stale: it is counted, and the peer is asked for what follows.
 *   <li><b>A thread asleep on the old link.</b> In read(2) or write(2): parking shuts the link
 *       down, which ends them. In poll(2): it keeps waiting on the old open file even when it wakes
 *       and finds another one under the number; so those threads are noted in {@link #enterPoll}
 *       and signalled after each dup2, never before. In epoll: dup2 drops the registration, and
 *       {@link BelayPolls#renew} makes it again under the same hold of its lock.
 *   <li><b>The application closes while the loop swaps.</b> Both hold {@link #lock}; after {@link
 *       #released} the number is never touched again, since the kernel gives it to the next socket.
 * </ul>
 *
 * <p>Lock order: the JDK's own locks, pumpLock, lock, BelayPolls.lock, Session's lock, that of the
 * pollers. No JDK lock is ever taken below ours.
 */
public final class GuardedDescriptor extends BelayHook {
  /** What the descriptor is to the application. Successors are set under {@link #lock}. */
  private enum Mode {
    /** No link: reads and writes wait on the quiet link. To LIVE, PUMPING, BROKEN, ENDED. */
    WAITING,
    /** The link is the application's. To WAITING, BROKEN, ENDED. */
    LIVE,
    /** Reads are the application's, writes wait for the pump. To LIVE, WAITING, BROKEN, ENDED. */
    PUMPING,
    /** The session ended with a reset: reads and writes throw. */
    BROKEN,
    /** Both directions are over: reads find the end, writes a broken pipe. */
    ENDED,
    /** Given back to the application as a plain socket. */
    FREE,
    /** Closed by the application: calls that come late find nothing; the JDK says why. */
    CLOSED
  }

  private static final VarHandle READING;
  private static final VarHandle WRITING;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      READING = lookup.findVarHandle(GuardedDescriptor.class, "reading", int.class);
      WRITING = lookup.findVarHandle(GuardedDescriptor.class, "writing", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final FileDescriptor fd;
  private final int number;
  private final BelayPolls polls;
  private final LinkEvents events;
  private final ReentrantLock lock = new ReentrantLock();
  private final ReentrantLock pumpLock = new ReentrantLock();
  private final LinkOptions options;
  private final WriteHold hold;
  private final Pollers pollers = new Pollers();
  private final JdkConnect connect = new JdkConnect();

  private volatile Session session;
  private volatile Mode mode = Mode.WAITING;
  private volatile InetSocketAddress localAddress;
  private volatile InetSocketAddress remoteAddress;
  private volatile boolean inputShut;
  private volatile boolean outputShut;

  /** As the kernel does: the first call learns of the reset, a later write finds a broken pipe. */
  private volatile boolean isResetTold;

  /** 1 while a call of that direction is between begin and end. */
  @SuppressWarnings("unused") // by VarHandle
  private volatile int reading;

  @SuppressWarnings("unused")
  private volatile int writing;

  // Guarded by lock.
  private boolean isOpen = true;
  private boolean wantsBlocking;
  private RawSocket suspended;
  private Pump pump;
  private RawSocket pumpLink;

  public GuardedDescriptor(FileDescriptor fd, Session session, LinkEvents events) {
    this.fd = fd;
    this.number = BelaySeam.number(fd);
    this.session = session;
    this.events = events;
    this.polls = BelaySeam.polls(number);
    this.wantsBlocking = BelaySeam.isBlocking(number);
    this.options = new LinkOptions(BelaySeam.optionsSet(number));
    this.hold = new WriteHold(polls, number);
    polls.guard();
  }

  public Session session() {
    return session;
  }

  // ---- reading: application threads ----

  @Override
  public int beginRead() throws IOException {
    READING.setVolatile(this, 1);
    return mode == Mode.LIVE ? GO : beginReadUnlessLive();
  }

  private int beginReadUnlessLive() throws IOException {
    switch (mode) {
      case LIVE:
      case PUMPING:
      case FREE:
        return GO;
      case CLOSED:
        READING.setVolatile(this, 0);
        return BelayNative.UNAVAILABLE;
      case WAITING:
        READING.setVolatile(this, 0);
        return inputShut ? BelayNative.EOF : BelayNative.UNAVAILABLE;
      case BROKEN:
        READING.setVolatile(this, 0);
        isResetTold = true;
        throw BelaySeam.connectionReset();
      case ENDED:
        READING.setVolatile(this, 0);
        return BelayNative.EOF;
    }
    throw new AssertionError(mode);
  }

  @Override
  public int endRead(long address, int n) throws IOException {
    if (n > 0) {
      session.received(address, n);
      READING.setRelease(this, 0);
      return n;
    }
    return endReadOfNothing(n);
  }

  @Override
  public long endReadVector(long vectors, int count, long n) throws IOException {
    if (n > 0) {
      session.receivedVector(vectors, count, n);
      READING.setRelease(this, 0);
      return n;
    }
    return endReadOfNothing((int) n);
  }

  private int endReadOfNothing(int n) {
    try {
      return n == BelayNative.EOF ? endOfLink() : n;
    } finally {
      READING.setVolatile(this, 0); // last: until then no other link can come
    }
  }

  private static boolean isGone(Mode now) {
    return now == Mode.FREE || now == Mode.CLOSED;
  }

  private int endOfLink() {
    Mode now = mode;
    boolean isLinked = now == Mode.LIVE || now == Mode.PUMPING;
    if (isGone(now) || (isLinked && (inputShut || session.isInputComplete()))) {
      return BelayNative.EOF;
    }
    if (now == Mode.PUMPING) { // the peer left before it had all: no orderly end
      lose(new IOException("end of stream while resending"));
    } else {
      suspend();
    }
    return RETRY;
  }

  @Override
  public int readFailed(IOException failure) throws IOException {
    try {
      if (isGone(mode) || isPeersOwnReset()) {
        throw failure;
      }
      lose(failure);
      return RETRY;
    } finally {
      READING.setVolatile(this, 0);
    }
  }

  /** As a kernel resets the connection of one who closes without having read all; else it ends. */
  private boolean isPeersOwnReset() {
    boolean isUnread = session.remoteReceived() < session.sentPosition();
    return session.isRemoteClosed() && session.isInputComplete() && isUnread;
  }

  // ---- writing: application threads ----

  @Override
  public int beginWrite() throws IOException {
    WRITING.setVolatile(this, 1);
    session.sending();
    return mode == Mode.LIVE && !outputShut && session.sentLog().maySend()
        ? GO
        : beginWriteUnlessLive();
  }

  /** The flag stays up while the writer helps the pump: until it is down nothing else happens. */
  private int beginWriteUnlessLive() throws IOException {
    Mode now = mode;
    boolean isLive = now == Mode.LIVE && !outputShut;
    if (now == Mode.FREE || (isLive && !holdBack())) {
      return GO;
    }
    if (now == Mode.PUMPING && !outputShut && pumpFromWriter()) {
      return beginWriteUnlessLive(); // bounded: a pump is finished once
    }
    WRITING.setVolatile(this, 0);
    if (now == Mode.BROKEN && !isResetTold) {
      isResetTold = true;
      throw new IOException("Connection reset by peer"); // as write(2) puts it
    }
    if (now == Mode.BROKEN || now == Mode.ENDED || (outputShut && now != Mode.CLOSED)) {
      throw new IOException("Broken pipe");
    }
    return BelayNative.UNAVAILABLE;
  }

  /** On a link that has failed a write goes on, and finds out. */
  private boolean holdBack() throws IOException {
    setHold(!session.sentLog().maySend());
    roomMade(); // while it was being raised
    return hold.isOn() && !BelayNative.hasFailed(fd);
  }

  /** There may be room for what the application writes. Any thread. */
  public void roomMade() {
    if (hold.isOn() && session.sentLog().maySend()) {
      setHold(false);
      pollers.signal();
    }
  }

  /** True while the application is kept from writing, since its session's log is full. */
  public boolean holdsWrites() {
    return hold.isOn();
  }

  private void setHold(boolean on) {
    lock.lock();
    try {
      if (isOpen) {
        hold.set(on);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int pollInterest(int interest) {
    return hold.told(interest);
  }

  @Override
  public int endWrite(long address, int n) {
    try {
      if (n > 0) {
        session.sent(address, n);
      }
      return n;
    } finally {
      WRITING.setVolatile(this, 0);
    }
  }

  /**
   * A write that was cut in pieces goes on; so does one of a blocking socket that has begun, even
   * if its link is lost meanwhile: its caller may rely on all or an exception. It ends early where
   * one in the kernel would.
   */
  @Override
  public boolean goesOn(int done, int answer, int length) throws IOException {
    if (answer == length) {
      return false;
    }
    if (answer == BelaySeam.piece(length)) {
      return true;
    }
    boolean hasBegun = done > 0 || answer > 0;
    if (!hasBegun || !waitsForRoom()) {
      return false;
    }
    BelaySeam.poll(fd, BelayNative.EPOLLOUT, -1); // poll(2) and epoll(7) agree
    return true;
  }

  private boolean waitsForRoom() {
    lock.lock();
    try {
      boolean mayCome = mode == Mode.WAITING || mode == Mode.LIVE || mode == Mode.PUMPING;
      return wantsBlocking && mayCome && !outputShut;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long endWriteVector(long vectors, int count, long n) {
    try {
      if (n > 0) {
        session.sentVector(vectors, count, n);
      }
      return n;
    } finally {
      WRITING.setVolatile(this, 0);
    }
  }

  @Override
  public int writeFailed(IOException failure) throws IOException {
    try {
      if (isGone(mode) || outputShut || session.isRemoteClosed()) {
        throw failure;
      }
      lose(failure);
      return RETRY;
    } finally {
      WRITING.setVolatile(this, 0);
    }
  }

  /**
   * A writer helps the pump, so that poll(2) tells it the truth: it waits for the kernel's room.
   */
  private boolean pumpFromWriter() {
    if (!pumpLock.tryLock()) {
      return false; // the loop is at it
    }
    try {
      return pumpOnce();
    } finally {
      pumpLock.unlock();
    }
  }

  // ---- links come and go ----

  private void lose(IOException failure) {
    String message = failure.getMessage();
    if (park()) {
      events.linkLost(this, message == null ? failure.toString() : message);
    }
  }

  /**
   * Takes the link away: calls in progress end, later ones wait. Any thread.
   *
   * @return false when there was none, or the descriptor is closed
   */
  public boolean park() {
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
      shutdownNow();
      replace(RawSocket.quiet());
      return true;
    } catch (IOException e) {
      breakNow(e);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void suspend() {
    if (freeze()) {
      events.inputSuspended(this);
    }
  }

  /**
   * Keeps the link but takes it out of the application's hands, whose calls wait. Any thread.
   *
   * @return false when there was no link to be kept
   */
  public boolean freeze() {
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
  public void unsuspend() {
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
  public boolean loseSuspended() {
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
    suspended.shutdown(BelayNative.SHUT_BOTH);
    suspended.close();
    suspended = null;
  }

  public boolean isSuspended() {
    lock.lock();
    try {
      return suspended != null;
    } finally {
      lock.unlock();
    }
  }

  /** True when no call that began on the lost link is in progress: positions may be read. */
  public boolean isStill() {
    return reading == 0 && writing == 0;
  }

  public boolean isReadStill() {
    return reading == 0;
  }

  public boolean isWriteStill() {
    return writing == 0;
  }

  /**
   * Gives the application a link. The caller keeps its own number of it and closes it when the
   * pump, if there is one, is through. Loop thread, or the accepting thread.
   *
   * @param toSend what goes before the application's writes, or null
   * @return false when the descriptor is closed or the session over
   */
  public boolean install(RawSocket link, Pump toSend) {
    lock.lock();
    try {
      if (!isOpen || mode != Mode.WAITING) {
        return false;
      }
      options.carry(fd, link);
      link.acknowledgeQuickly();
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
  public boolean pump(Pump expected) {
    pumpLock.lock();
    try {
      return pumpOnce() || !isPumping(expected);
    } finally {
      pumpLock.unlock();
    }
  }

  private boolean isPumping(Pump expected) {
    lock.lock();
    try {
      return pump == expected;
    } finally {
      lock.unlock();
    }
  }

  /**
   * As {@link #pump} after the application has closed: nobody else sends now.
   *
   * @return true when all has been sent
   */
  public boolean pumpAfterClose(Pump left, RawSocket link) throws IOException {
    pumpLock.lock();
    try {
      return left.isFinished() || left.step(link::write);
    } finally {
      pumpLock.unlock();
    }
  }

  private boolean pumpOnce() {
    Pump current;
    RawSocket link;
    lock.lock();
    try {
      current = pump;
      link = pumpLink;
      if (mode != Mode.PUMPING) {
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
    events.pumped(this);
    return true;
  }

  /** The session is over and not in order: both directions throw from now on. Any thread. */
  public void breakOff() {
    end(Mode.BROKEN);
  }

  /** Both directions are over in order, but there is no link to say so. Any thread. */
  public void endInOrder() {
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
      hold.set(false);
      dropPump();
      if (linked) {
        shutdownNow();
      }
      replace(RawSocket.open()); // unconnected: poll(2) and epoll report POLLHUP, everyone wakes
    } catch (IOException e) {
      shutdownNow();
    } finally {
      lock.unlock();
    }
    pollers.signal();
  }

  /** A system call failed that has to work (no descriptors left): the session cannot be kept. */
  private void breakNow(IOException cause) {
    mode = Mode.BROKEN;
    dropPump();
    shutdownNow();
    events.broken(this, String.valueOf(cause.getMessage()));
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
      socket.close();
    }
  }

  /** Else the kernel would block whoever drops the last name of the old link, for seconds. */
  private void stopLinger() {
    try {
      BelayNative.option(fd, StandardSocketOptions.SO_LINGER, -1);
    } catch (IOException e) {
      return; // a link without options does not linger
    }
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

  // ---- connecting ----

  /** The JDK has asked to connect; it is told to wait. */
  public void connecting() {
    connect.begin();
  }

  /** The session is open: goes before {@link #install}. */
  public void connected(InetSocketAddress local) {
    localAddress = local;
    connect.done();
  }

  /** What {@link #connecting} came to; the JDK throws it. */
  public void connectFailed(IOException failure) {
    connect.failed(failure);
    breakOff();
  }

  /** As the kernel knows it to be of the connection that the application believes in. */
  public void addresses(InetSocketAddress local, InetSocketAddress remote) {
    localAddress = local;
    remoteAddress = remote;
  }

  /** Gives the descriptor back to the JDK as a plain socket on this (connected) link. */
  public boolean handBack(RawSocket plain) {
    lock.lock();
    try {
      if (!isOpen) {
        return false;
      }
      options.carry(fd, plain);
      plain.configureBlocking(wantsBlocking);
      connect.leaveToKernel(); // before the readiness of the plain link makes the JDK ask
      plain.duplicateOnto(fd, polls, number);
      isOpen = false;
      mode = Mode.FREE;
      BelaySeam.unguard(number, this);
    } catch (IOException e) {
      breakNow(e);
      return false;
    } finally {
      lock.unlock();
    }
    pollers.signal();
    return true;
  }

  /** True as soon as the application has given the number back: no link can be installed. */
  public boolean isClosed() {
    return mode == Mode.CLOSED;
  }

  /** The link that the descriptor has by itself (a doorbell) serves for the time being. */
  public void useOwnLink() {
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
  public RawSocket parkUnconnected() throws IOException {
    lock.lock();
    try {
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

  // ---- what else the JDK asks: application threads ----

  @Override
  public int pollConnect() throws IOException {
    return connect.poll();
  }

  @Override
  public void released(FileDescriptor closing) {
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
      if (suspended != null) {
        suspended.close();
        suspended = null;
      }
    } finally {
      lock.unlock();
    }
    events.closed(this, abortive);
  }

  private boolean isLingerZero() {
    try {
      return Integer.valueOf(0).equals(BelayNative.option(fd, StandardSocketOptions.SO_LINGER));
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public boolean shutdown(FileDescriptor closing, int how) {
    if (how == BelayNative.SHUT_READ) {
      return shutdownInput();
    }
    outputShut = true;
    events.outputEnded(this);
    return mode != Mode.LIVE && !isGone(mode);
  }

  private boolean shutdownInput() {
    inputShut = true;
    if (mode != Mode.WAITING) {
      return mode != Mode.LIVE && mode != Mode.PUMPING && !isGone(mode);
    }
    pollers.signal();
    return true;
  }

  @Override
  public void configureBlocking(FileDescriptor of, boolean blocking) throws IOException {
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

  @Override
  public int available() {
    return mode == Mode.LIVE || mode == Mode.PUMPING || mode == Mode.FREE ? -1 : 0;
  }

  /** True when there is a link that has no byte for the application just now. */
  public boolean hasNothingToRead() {
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
  public boolean wouldWait() {
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
  public InetSocketAddress localAddress() {
    return localAddress;
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return remoteAddress;
  }

  @Override
  public void enterPoll(long nativeThread) {
    pollers.enter(nativeThread);
  }

  @Override
  public void exitPoll(long nativeThread) {
    pollers.exit(nativeThread);
  }

  @Override
  public void optionSet(SocketOption<?> name, Object value) {
    lock.lock();
    try {
      options.set(name, value);
    } finally {
      lock.unlock();
    }
  }
}

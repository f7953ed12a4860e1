package dev.belay.agent.descriptor;

import dev.belay.agent.session.Session;
import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
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
 *   <li><b>A call took bytes that cannot be counted</b> (memory is out). The session is broken
 *       before the flag comes down: nobody reads its positions as if they were true.
 *   <li><b>The application closes while the loop swaps.</b> Both hold the lock; after {@link
 *       #released} the number is never touched again, since the kernel gives it to the next socket.
 * </ul>
 *
 * <p>Lock order: the JDK's own locks, the pump's, lock (BelayPolls has the same), Session's lock,
 * that of the pollers. No JDK lock is ever taken below ours.
 */
public final class GuardedDescriptor extends LinkedDescriptor {
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

  private final Session session;
  private volatile InetSocketAddress localAddress;
  private volatile InetSocketAddress remoteAddress;

  /** As the kernel does: the first call learns of the reset, a later write finds a broken pipe. */
  private volatile boolean isResetTold;

  /** 1 while a call of that direction is between begin and end. */
  @SuppressWarnings("unused") // by VarHandle
  private volatile int reading;

  @SuppressWarnings("unused")
  private volatile int writing;

  public GuardedDescriptor(FileDescriptor fd, Session session, LinkEvents events) {
    super(fd, events);
    this.session = session;
    guard();
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
    if (n <= 0) {
      return endReadOfNothing(n);
    }
    try {
      session.received(address, n);
      return n;
    } catch (Throwable e) {
      breakUncounted();
      throw e;
    } finally {
      READING.setRelease(this, 0);
    }
  }

  @Override
  public long endReadVector(long vectors, int count, long n) throws IOException {
    if (n <= 0) {
      return endReadOfNothing((int) n);
    }
    try {
      session.receivedVector(vectors, count, n);
      return n;
    } catch (Throwable e) {
      breakUncounted();
      throw e;
    } finally {
      READING.setRelease(this, 0);
    }
  }

  private int endReadOfNothing(int n) {
    try {
      return n == BelayNative.EOF ? endOfLink() : n;
    } finally {
      READING.setVolatile(this, 0); // last: until then no other link can come
    }
  }

  private int endOfLink() {
    Mode now = mode;
    boolean isLinked = now == Mode.LIVE || now == Mode.PUMPING;
    if (isGone(now) || (isLinked && (inputShut || session.isInputComplete()))) {
      return BelayNative.EOF;
    }
    events.inputEnds();
    if (isLinked && session.isInputComplete()) {
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
    if (mode == Mode.LIVE && !outputShut && session.sentLog().maySend()) {
      return GO;
    }
    try {
      return beginWriteUnlessLive();
    } catch (Throwable e) {
      WRITING.setVolatile(this, 0);
      throw e;
    }
  }

  /** The flag stays up while the writer helps the pump: until it is down nothing else happens. */
  private int beginWriteUnlessLive() throws IOException {
    Mode now = mode;
    boolean isLive = now == Mode.LIVE && !outputShut;
    if (now == Mode.FREE || (isLive && !holdBack())) {
      return GO;
    }
    if (now == Mode.PUMPING && !outputShut && helpPump()) {
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

  private boolean helpPump() {
    try {
      return pumpFromWriter();
    } catch (Throwable e) { // what it has sent of a piece is not known
      breakUncounted();
      throw e;
    }
  }

  /** On a link that has failed a write goes on, and finds out. */
  private boolean holdBack() throws IOException {
    setHold(!session.sentLog().maySend());
    roomMade(); // while it was being raised
    return holdsWrites() && !BelayNative.hasFailed(fd);
  }

  /** There may be room for what the application writes. Any thread. */
  public void roomMade() {
    if (holdsWrites() && session.sentLog().maySend()) {
      setHold(false);
      pollers.signal();
    }
  }

  @Override
  public int endWrite(long address, int n) {
    try {
      if (n > 0) {
        session.sent(address, n);
      }
      return n;
    } catch (Throwable e) {
      breakUncounted();
      throw e;
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

  @Override
  public long endWriteVector(long vectors, int count, long n) {
    try {
      if (n > 0) {
        session.sentVector(vectors, count, n);
      }
      return n;
    } catch (Throwable e) {
      breakUncounted();
      throw e;
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

  // ---- connecting ----

  /** The session is open: goes before {@link #install}. */
  public void connected(InetSocketAddress local) {
    localAddress = local;
    JdkConnect current = connect();
    if (current != null) {
      current.done();
    }
  }

  /** What {@link #connecting} came to; the JDK throws it. */
  public void connectFailed(IOException failure) {
    JdkConnect current = connect();
    if (current != null) {
      current.failed(failure);
    }
    breakOff();
  }

  /** As the kernel knows it to be of the connection that the application believes in. */
  public void addresses(InetSocketAddress local, InetSocketAddress remote) {
    localAddress = local;
    remoteAddress = remote;
  }

  // ---- what else the JDK asks: application threads ----

  @Override
  public boolean shutdown(FileDescriptor fd, int how, boolean isClosing) {
    if (how == BelayNative.SHUT_READ) {
      return shutdownInput();
    }
    outputShut = true;
    events.outputEnded(isClosing);
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
  public InetSocketAddress localAddress() {
    return localAddress;
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return remoteAddress;
  }
}

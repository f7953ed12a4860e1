package dev.belay.agent.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What one end of a session has sent, kept for a resend: at the server a ring of what the client
 * has not got, at the client the input log with its turns, until it is given up at its limit.
 *
 * <p>Invariant: {@code position} counts exactly the bytes that a link took; all from {@link
 * #retainedFrom} on can be read.
 *
 * <p>Threads: one writer appends; everyone else may ask. The lock is the session's own.
 */
public final class SentLog {
  /** Bytes of the server's output, or of a demoted client's input, that are kept for a resend. */
  private static final long RING_LIMIT_BYTES = 16 << 20;

  /** What is given up at the limit at least, for room that lasts a while. */
  private static final int RELEASED_BYTES = 64 << 10;

  private static final VarHandle POSITION;

  static {
    try {
      POSITION = MethodHandles.lookup().findVarHandle(SentLog.class, "position", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Session.Environment environment;
  private final ReentrantLock lock = new ReentrantLock();

  // Written by the writer, read by all with acquire.
  @SuppressWarnings("UnusedVariable")
  private long position;

  private long turn; // the writer's own

  @GuardedBy("lock")
  private boolean released;

  @GuardedBy("lock")
  private Retention sent;

  /** Null at the server, whose output has none. */
  @GuardedBy("lock")
  private final TurnLog turns;

  /** Whether the application waits at the log's limit. Set before the first byte. */
  private boolean waitsAtLimit;

  /** The writer asks when it is there: see {@link #maySend}. */
  private volatile long roomEnd = Long.MAX_VALUE;

  private volatile boolean demoted;
  private volatile long durablePosition;
  private volatile boolean isLogged;

  /** See {@link #turnsFrom}. */
  private volatile long turnsFrom;

  private volatile long peerReceived;

  private SentLog(Session.Environment environment, boolean isClient, Retention sent) {
    this.environment = environment;
    this.sent = sent;
    this.turns = isClient ? new TurnLog(environment.budget()) : null;
  }

  /** The input log, kept whole. */
  static SentLog ofClient(Session.Environment environment) {
    Retention log =
        new Retention(environment.budget(), environment.logLimitBytes(), Overflow.REFUSE);
    return new SentLog(environment, true, log);
  }

  /** Kept only until the client has it. */
  static SentLog ofServer(Session.Environment environment) {
    Retention ring = new Retention(environment.budget(), RING_LIMIT_BYTES, Overflow.DROP_OLDEST);
    return new SentLog(environment, false, ring);
  }

  // ---- the writer ----

  /** What follows is written when the application has been given so much. */
  void turn(long receivedPosition) {
    turn = receivedPosition;
  }

  /** A link took {@code length} bytes that lie at {@code address}. */
  void append(long address, int length) {
    lock.lock();
    try {
      retain(address, length);
      POSITION.setRelease(this, (long) POSITION.get(this) + length);
    } finally {
      lock.unlock();
    }
  }

  /** As {@link #append}, out of the first {@code total} bytes of {@code count} vectors. */
  void appendVector(long vectors, int count, long total) {
    lock.lock();
    try {
      NativeStream memory = environment.memory();
      long left = total;
      for (int i = 0; i < count && left > 0; i++) {
        int length = (int) Math.min(left, memory.vectorLength(vectors, i));
        retain(memory.vectorBase(vectors, i), length);
        POSITION.setRelease(this, (long) POSITION.get(this) + length);
        left -= length;
      }
    } finally {
      lock.unlock();
    }
  }

  /** How much was sent. */
  long position() {
    return (long) POSITION.getAcquire(this);
  }

  /**
   * At the log's limit the application is to wait, rather than lose what protects it. What one
   * system call took is kept even beyond. Before the first byte; the client's end only.
   */
  public void waitAtLimit() {
    lock.lock();
    try {
      sent = new Retention(environment.budget(), Long.MAX_VALUE, Overflow.REFUSE);
      waitsAtLimit = true;
      roomEnd = environment.logLimitBytes();
    } finally {
      lock.unlock();
    }
  }

  /** False while the log is full of what nobody else holds, and the application is to wait. */
  public boolean maySend() {
    return position() < roomEnd || findRoom();
  }

  private boolean findRoom() {
    lock.lock();
    try {
      if (demoted || released) {
        roomEnd = Long.MAX_VALUE;
        return true;
      }
      if (marksAreFull() && !(releaseDurable(0) && !marksAreFull())) {
        return false;
      }
      long durable = Math.min(durablePosition, sent.endPosition());
      roomEnd = Math.max(sent.startPosition(), durable) + environment.logLimitBytes();
      return position() < roomEnd;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private boolean marksAreFull() {
    return turns != null && turns.heldBytes() > environment.logLimitBytes();
  }

  /** Nobody will hold the log: gives it up, so that the application need not wait. Any thread. */
  public void giveUpLog() {
    lock.lock();
    try {
      if (!demoted && !released) {
        demote();
      }
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void retain(long address, int length) {
    if (released) {
      return; // a last write that was counted late
    }
    releaseReceived();
    if (!demoted && !keepsWhole(address, length)) {
      demote();
    }
    if (demoted) {
      boolean isMarked = turns != null && isLogged && markInRing();
      sent.append(environment.memory(), address, length);
      if (turns != null && !isMarked) {
        turnsFrom = (long) POSITION.get(this) + length;
      }
    }
  }

  @GuardedBy("lock")
  private boolean keepsWhole(long address, int length) {
    return fits(address, length)
        || (releaseDurable(length) && fits(address, length))
        || keepsBeyondLimit(address, length);
  }

  @GuardedBy("lock")
  private boolean fits(long address, int length) {
    long retained = sent.endPosition() - sent.startPosition();
    boolean isWithin = !waitsAtLimit || retained + length <= environment.logLimitBytes();
    return isWithin
        && mark()
        && !marksAreFull()
        && sent.append(environment.memory(), address, length);
  }

  /** The turn of what is written now; false when there is no memory for it. */
  @GuardedBy("lock")
  private boolean mark() {
    return turns == null || turns.mark((long) POSITION.get(this), turn);
  }

  @GuardedBy("lock")
  private boolean keepsBeyondLimit(long address, int length) {
    if (waitsAtLimit) {
      roomEnd = 0; // the next write asks
    }
    return waitsAtLimit && mark() && sent.append(environment.memory(), address, length);
  }

  /**
   * As {@link #mark}; the turns of what the ring has dropped are of no use.
   *
   * @return false if all are lost; those of what is written from here on are kept again
   */
  @GuardedBy("lock")
  private boolean markInRing() {
    if (mark() && !marksAreFull()) {
      return true;
    }
    turns.forgetBefore(sent.startPosition());
    if (mark() && !marksAreFull()) {
      return true;
    }
    turns.clear();
    return false;
  }

  /**
   * The log is full: gives up what other members hold, but no more than a quarter of the limit
   * beyond what is needed, since a takeover without a cluster works from what is kept here.
   *
   * @return whether something was given up
   */
  @GuardedBy("lock")
  private boolean releaseDurable(int length) {
    long wanted =
        sent.endPosition() + length + environment.logLimitBytes() / 4 - environment.logLimitBytes();
    long atLeast = sent.startPosition() + Math.max(length, RELEASED_BYTES);
    long position = Math.min(durablePosition, Math.max(wanted, atLeast));
    position = Math.min(position, sent.endPosition());
    if (position <= sent.startPosition()) {
      return false;
    }
    sent.release(position);
    if (turns != null) {
      turns.forgetBefore(position);
    }
    return true;
  }

  /**
   * The log is full: from here on only what a resume on the same server needs is kept, which is
   * what the server's application has not been given yet. Needs no memory, since there may be none.
   *
   * <p>The turns are lost if nobody else holds the log; should others come to hold it, new ones are
   * kept from there on.
   */
  @GuardedBy("lock")
  private void demote() {
    sent.becomeRing(RING_LIMIT_BYTES);
    sent.release(Math.min(peerReceived, sent.endPosition()));
    if (turns != null && !isLogged) {
      turns.clear();
      turnsFrom = (long) POSITION.get(this);
    }
    demoted = true;
    environment.ackDue().run(); // so that the loop looks, and says so
  }

  // ---- who else has it ----

  /**
   * The peer's application was given all bytes below {@code position}. One thread. What is not
   * needed any more is released by the writer if it is busy: the loop is not to wait for it, nor it
   * for the loop, and the memory that it frees is still in its cache.
   */
  void peerReceived(long position) {
    if (position < peerReceived) {
      return; // late
    }
    peerReceived = position; // may be ahead of the writer that has not counted yet
    if (lock.tryLock()) {
      try {
        releaseReceived();
      } finally {
        lock.unlock();
      }
    }
  }

  @GuardedBy("lock")
  private void releaseReceived() {
    long position = Math.min(peerReceived, sent.endPosition());
    if ((turns == null || demoted && !isLogged) && position > sent.startPosition()) {
      sent.release(position);
    }
  }

  long peerReceived() {
    return peerReceived;
  }

  /**
   * Other members than the server hold the input below {@code position}; lower than before if one
   * of them has gone. What was released then stays so, but nothing more is.
   */
  public void durable(long position) {
    durablePosition = position;
    isLogged |= position > 0;
  }

  /** See {@link #durable}. */
  public long durablePosition() {
    return durablePosition;
  }

  /** A fresh handler continues: what was said of the one before it is of no account. */
  void newIncarnation() {
    peerReceived = 0;
    durablePosition = 0;
  }

  // ---- what is kept ----

  /** A resend from below {@code position} will never be asked for. */
  public void releaseSent(long position) {
    lock.lock();
    try {
      if (position > sent.startPosition()) {
        sent.release(Math.min(position, sent.endPosition()));
      }
    } finally {
      lock.unlock();
    }
  }

  /** First position from which a resend is possible. */
  public long retainedFrom() {
    lock.lock();
    try {
      return sent.startPosition();
    } finally {
      lock.unlock();
    }
  }

  public long retainedBytes() {
    lock.lock();
    try {
      return sent.heldBytes() + (turns == null ? 0 : turns.heldBytes());
    } finally {
      lock.unlock();
    }
  }

  /** Gives spare memory back; called now and then while nothing flows. */
  public void trim() {
    lock.lock();
    try {
      releaseReceived();
      sent.trimSpare();
    } finally {
      lock.unlock();
    }
  }

  /** False when no other server can have what a takeover needs. */
  public boolean mayMove() {
    return !demoted || isLogged;
  }

  /**
   * Of the client's input below nothing is known any more of its turns: they went with the log, or
   * nobody held it. What comes from here can follow only a log that reaches so far.
   */
  public long turnsFrom() {
    return turnsFrom;
  }

  /** True once the input log was full and has been given up. */
  public boolean wasFull() {
    return demoted;
  }

  /** True when neither this end nor the cluster has the whole input: no backup can replay it. */
  public boolean isDemoted() {
    return demoted && (!isLogged || durablePosition < retainedFrom());
  }

  /**
   * Retained bytes from a position on.
   *
   * @return how many were copied
   * @throws LogTruncatedException when that position is no longer retained
   */
  public int read(long position, byte[] target, int offset, int length) {
    lock.lock();
    try {
      return sent.read(position, target, offset, length);
    } finally {
      lock.unlock();
    }
  }

  /** The output that the handler must have produced before it gets the input at a position. */
  long turnOf(long position) {
    lock.lock();
    try {
      return turns == null ? 0 : turns.outPositionFor(position);
    } finally {
      lock.unlock();
    }
  }

  long nextTurnAfter(long position) {
    lock.lock();
    try {
      return turns == null ? Long.MAX_VALUE : turns.nextMarkAfter(position);
    } finally {
      lock.unlock();
    }
  }

  /** Nothing of it is needed any longer. */
  void close() {
    lock.lock();
    try {
      released = true;
      sent.close();
      if (turns != null) {
        turns.clear();
      }
    } finally {
      lock.unlock();
    }
  }
}

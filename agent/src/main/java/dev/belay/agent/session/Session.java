package dev.belay.agent.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.belay.agent.wire.SessionId;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One protected connection as this end sees it: positions, checksum and what is kept for a resend.
 * Pure: no sockets, no threads, no clock.
 *
 * <p>Invariant: {@code receivedPosition} counts exactly the bytes that the application was given,
 * {@code sentPosition} exactly those that a link took from it; every sent byte is retained, or the
 * session says that it is not ({@link #retainedFrom}).
 *
 * <p>Threads: one reader calls {@code received}, one writer {@code sent}; everyone else reads
 * positions, which are only exact when the descriptor is still.
 */
public final class Session {
  /** The checksum register of an empty stream. */
  public static final int EMPTY_CHECKSUM = -1;

  /**
   * Bytes after which the peer is told without waiting for the next tick. Much less than the peer's
   * ring; each time wakes a thread of the peer's, which costs more than the copy of some 100 KiB.
   */
  private static final long ACK_BYTES = 1 << 20;

  /** Bytes of the server's output, or of a demoted client's input, that are kept for a resend. */
  private static final long RING_LIMIT_BYTES = 16 << 20;

  private static final int COPY_BYTES = 64 << 10;

  private static final VarHandle RECEIVED;
  private static final VarHandle RECEIVING;
  private static final VarHandle CHECKSUM;
  private static final VarHandle SENT;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      RECEIVED = lookup.findVarHandle(Session.class, "receivedPosition", long.class);
      RECEIVING = lookup.findVarHandle(Session.class, "receivingPosition", long.class);
      CHECKSUM = lookup.findVarHandle(Session.class, "checksum", int.class);
      SENT = lookup.findVarHandle(Session.class, "sentPosition", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final SessionId id;
  private final String service;
  private final NativeStream memory;
  private final MemoryBudget budget;
  private final long logLimitBytes;
  private final Runnable ackDue;
  private final boolean isClient;
  private final InputLog input;
  private final ReentrantLock lock = new ReentrantLock();

  private volatile int epoch;

  // Written by the reader, read by all with acquire.
  @SuppressWarnings("UnusedVariable")
  private long receivedPosition;

  // The client's reader writes these three in this order, so that anybody can see whether they
  // belong together: receivingPosition, checksum, receivedPosition.
  @SuppressWarnings("UnusedVariable")
  private long receivingPosition;

  @SuppressWarnings("FieldMayBeFinal")
  private int checksum = EMPTY_CHECKSUM;

  private volatile long ackedPosition;

  // Written by the writer, read by all with acquire.
  @SuppressWarnings("UnusedVariable")
  private long sentPosition;

  private long turn; // the writer's own

  @GuardedBy("lock")
  private boolean released;

  @GuardedBy("lock")
  private Retention sent;

  @GuardedBy("lock")
  private TurnLog turns;

  /** Whether the application waits at the log's limit. Set before the first byte. */
  private boolean waitsAtLimit;

  /** The writer asks when it is there: see {@link #maySend}. */
  private volatile long roomEnd = Long.MAX_VALUE;

  private volatile Runnable onSent;
  private volatile Runnable onMuchReceived;
  private volatile boolean demoted;
  private volatile long durablePosition;
  private volatile boolean isLogged;

  /** See {@link #turnsFrom}. */
  private volatile long turnsFrom;

  private volatile long finalSent = -1;
  private volatile long receivedAtEnd;
  private volatile boolean localClosed;
  private volatile long finalReceived = -1;
  private volatile boolean remoteClosed;
  private volatile long remoteReceived;

  private Session(
      SessionId id,
      String service,
      boolean isClient,
      Environment environment,
      Retention sent,
      InputLog input) {
    this.id = id;
    this.service = service;
    this.isClient = isClient;
    this.memory = environment.memory();
    this.budget = environment.budget();
    this.logLimitBytes = environment.logLimitBytes();
    this.ackDue = environment.ackDue();
    this.sent = sent;
    this.input = input;
    this.turns = isClient ? new TurnLog() : null;
  }

  /**
   * What all sessions of a JVM share.
   *
   * @param logLimitBytes input log per session, in bytes ({@code belay.log.limit})
   * @param ackDue called by a reader when the peer should hear of its position soon
   */
  public record Environment(
      NativeStream memory, MemoryBudget budget, long logLimitBytes, Runnable ackDue) {}

  /** The client's end: what it sends is the input log, kept whole. */
  public static Session ofClient(SessionId id, String service, Environment environment) {
    Retention log =
        new Retention(environment.budget(), environment.logLimitBytes(), Overflow.REFUSE);
    return new Session(id, service, true, environment, log, null);
  }

  /**
   * The server's end: what it sends is kept only until the client has it.
   *
   * @param input takes what the application is given, or null where no other member would hold it
   */
  public static Session ofServer(
      SessionId id, String service, int epoch, Environment environment, InputLog input) {
    Retention ring = new Retention(environment.budget(), RING_LIMIT_BYTES, Overflow.DROP_OLDEST);
    Session session = new Session(id, service, false, environment, ring, input);
    session.epoch = epoch;
    return session;
  }

  public SessionId id() {
    return id;
  }

  public String service() {
    return service;
  }

  public boolean isClient() {
    return isClient;
  }

  public int epoch() {
    return epoch;
  }

  public void epoch(int next) {
    epoch = next;
  }

  // ---- the steady path: one reader, one writer ----

  /** The application was given {@code length} bytes that lie at {@code address}. */
  public void received(long address, int length) {
    if (isClient) {
      receiving(length);
      CHECKSUM.setRelease(this, memory.checksum(checksum, address, length));
    } else if (input != null) {
      input.append(address, length, sentPosition());
    }
    advance(length);
  }

  /** As {@link #received}, out of the first {@code total} bytes of {@code count} vectors. */
  public void receivedVector(long vectors, int count, long total) {
    long left = isClient ? total : 0;
    receiving(left);
    for (int i = 0; i < count && left > 0; i++) {
      int length = (int) Math.min(left, memory.vectorLength(vectors, i));
      CHECKSUM.setRelease(this, memory.checksum(checksum, memory.vectorBase(vectors, i), length));
      left -= length;
    }
    if (input != null) {
      input.appendVector(vectors, count, total, sentPosition());
    }
    advance(total);
  }

  private void receiving(long length) {
    RECEIVING.setOpaque(this, (long) RECEIVED.get(this) + length);
  }

  private void advance(long length) {
    long position = (long) RECEIVED.get(this) + length;
    RECEIVED.setRelease(this, position);
    if (position - ackedPosition >= ACK_BYTES) {
      Runnable told = onMuchReceived;
      if (told != null) {
        told.run();
      }
    }
  }

  /** Whom the reader tells that the peer should hear of its position without waiting for a tick. */
  public void onMuchReceived(Runnable listener) {
    onMuchReceived = listener;
  }

  /**
   * The application is about to send: what it has been given by now is the turn of these bytes.
   * Looked at afterwards it would be too late: the answer to them may have been read meanwhile, and
   * a replay would wait for the answer before it gave the question.
   */
  public void sending() {
    turn = receivedPosition();
  }

  /** A link took {@code length} bytes of the application's that lie at {@code address}. */
  public void sent(long address, int length) {
    lock.lock();
    try {
      retain(address, length);
      SENT.setRelease(this, (long) SENT.get(this) + length);
    } finally {
      lock.unlock();
    }
    tellSent();
  }

  private void tellSent() {
    Runnable told = onSent;
    if (told != null) {
      told.run();
    }
  }

  /** Whom the writer tells of each write (null for nobody): a replay in progress. */
  public void onSent(Runnable listener) {
    onSent = listener;
  }

  /** As {@link #sent}, out of the first {@code total} bytes of {@code count} vectors. */
  public void sentVector(long vectors, int count, long total) {
    lock.lock();
    try {
      long left = total;
      for (int i = 0; i < count && left > 0; i++) {
        int length = (int) Math.min(left, memory.vectorLength(vectors, i));
        retain(memory.vectorBase(vectors, i), length);
        SENT.setRelease(this, (long) SENT.get(this) + length);
        left -= length;
      }
    } finally {
      lock.unlock();
    }
    tellSent();
  }

  /**
   * At the log's limit the application is to wait, rather than lose what protects it. What one
   * system call took is kept even beyond. Before the first byte; the client's end only.
   */
  public void waitAtLimit() {
    lock.lock();
    try {
      sent = new Retention(budget, Long.MAX_VALUE, Overflow.REFUSE);
      waitsAtLimit = true;
      roomEnd = logLimitBytes;
    } finally {
      lock.unlock();
    }
  }

  /** False while the log is full of what nobody else holds, and the application is to wait. */
  public boolean maySend() {
    return sentPosition() < roomEnd || findRoom();
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
      roomEnd = Math.max(sent.startPosition(), durable) + logLimitBytes;
      return sentPosition() < roomEnd;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private boolean marksAreFull() {
    return turns != null && turns.heldBytes() > logLimitBytes;
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
    boolean isMarked = turns != null && (!demoted || isLogged);
    if (isMarked) {
      turns.mark((long) SENT.get(this), turn);
    }
    if (demoted) {
      sent.append(memory, address, length);
      isMarked &= !cutTurns();
    } else if (!fits(address, length)
        && !(releaseDurable(length) && fits(address, length))
        && !keepsBeyondLimit(address, length)) {
      isMarked &= !demote();
      sent.append(memory, address, length);
    }
    if (turns != null && !isMarked) {
      turnsFrom = (long) SENT.get(this) + length;
    }
  }

  @GuardedBy("lock")
  private boolean keepsBeyondLimit(long address, int length) {
    if (waitsAtLimit) {
      roomEnd = 0; // the next write asks
    }
    return waitsAtLimit && sent.append(memory, address, length);
  }

  /**
   * The turns of what the ring has dropped are of no use.
   *
   * @return whether all are lost; those of what is written from here on are kept again
   */
  @GuardedBy("lock")
  private boolean cutTurns() {
    if (turns != null && turns.heldBytes() > logLimitBytes) {
      turns.forgetBefore(sent.startPosition());
      if (turns.heldBytes() > logLimitBytes) {
        turns.clear();
        return true;
      }
    }
    return false;
  }

  @GuardedBy("lock")
  private boolean fits(long address, int length) {
    long retained = sent.endPosition() - sent.startPosition();
    boolean isWithin = !waitsAtLimit || retained + length <= logLimitBytes;
    return isWithin && !marksAreFull() && sent.append(memory, address, length);
  }

  /**
   * The log is full: gives up what other members hold, but no more than a quarter of the limit
   * beyond what is needed, since a takeover without a cluster works from what is kept here.
   *
   * @return whether something was given up
   */
  @GuardedBy("lock")
  private boolean releaseDurable(int length) {
    long wanted = sent.endPosition() + length + logLimitBytes / 4 - logLimitBytes;
    long atLeast = sent.startPosition() + Math.max(length, COPY_BYTES);
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
   * what the server's application has not been given yet.
   *
   * @return whether the turns are lost; should others come to hold the log, new ones are kept from
   *     there on
   */
  @GuardedBy("lock")
  private boolean demote() {
    long position = (long) SENT.get(this);
    Retention ring = new Retention(budget, RING_LIMIT_BYTES, Overflow.DROP_OLDEST);
    long from = Math.max(sent.startPosition(), Math.min(remoteReceived, position));
    from = Math.max(from, position - RING_LIMIT_BYTES);
    ring.skipTo(from);
    byte[] piece = new byte[(int) Math.min(COPY_BYTES, position - from)];
    while (from < position) {
      int n = sent.read(from, piece, 0, (int) Math.min(piece.length, position - from));
      ring.append(piece, 0, n);
      from += n;
    }
    sent.close();
    sent = ring;
    boolean losesTurns = turns != null && !isLogged;
    if (losesTurns) {
      turns.clear();
      turnsFrom = position;
    }
    demoted = true;
    ackDue.run(); // so that the loop looks, and says so
    return losesTurns;
  }

  // ---- positions ----

  public long receivedPosition() {
    return (long) RECEIVED.getAcquire(this);
  }

  public long sentPosition() {
    return (long) SENT.getAcquire(this);
  }

  /** CRC-32C of all received bytes; exact only when the descriptor is still. */
  public int receivedChecksum() {
    receivedPosition();
    return ~checksum;
  }

  /** A position that the client's application has reached, and the CRC-32C of all bytes below. */
  public record Mark(long position, int checksum) {}

  /** Of the client, while its reader may be going on; null in the middle of a count. */
  public Mark receivedMark() {
    long position = receivedPosition();
    int register = (int) CHECKSUM.getAcquire(this);
    boolean isWhole = (long) RECEIVING.getOpaque(this) == position;
    return isWhole ? new Mark(position, ~register) : null;
  }

  /** True when the peer does not know of {@link #receivedPosition} yet. */
  public boolean owesAck() {
    return receivedPosition() != ackedPosition;
  }

  /** The position that the peer is told now. */
  public long acknowledge() {
    long position = receivedPosition();
    ackedPosition = position;
    return position;
  }

  /** The next tick tells the peer again, whatever it was told before. */
  public void forgetAcks() {
    ackedPosition = -1;
  }

  /**
   * The peer's application was given all bytes below {@code position}. One thread. What is not
   * needed any more is released by the writer if it is busy: the loop is not to wait for it, nor it
   * for the loop, and the memory that it frees is still in its cache.
   */
  public void remoteReceived(long position) {
    if (position < remoteReceived) {
      return; // late
    }
    remoteReceived = position; // may be ahead of the writer that has not counted yet
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
    long position = Math.min(remoteReceived, sent.endPosition());
    if ((!isClient || demoted && !isLogged) && position > sent.startPosition()) {
      sent.release(position);
    }
  }

  public long remoteReceived() {
    return remoteReceived;
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

  /** Takes what the application is given, or null. */
  public InputLog input() {
    return input;
  }

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

  /** Nothing of this session is needed any longer. */
  public void release() {
    lock.lock();
    try {
      released = true;
      sent.close();
      if (turns != null) {
        turns.clear();
      }
      if (input != null) {
        input.close();
      }
    } finally {
      lock.unlock();
    }
  }

  // ---- ends ----

  /** The application ended its output at the present position. Only when no write is going on. */
  public void endOutput() {
    if (finalSent < 0) {
      receivedAtEnd = receivedPosition();
      finalSent = sentPosition();
    }
  }

  /** What had been received when the output was ended: the turn of the end itself. */
  long turnOfEnd() {
    return finalSent >= 0 ? receivedAtEnd : receivedPosition();
  }

  public void closeLocally() {
    localClosed = true;
  }

  /** The peer's application ended its output there; {@code closed}: and reads no more. */
  public void remoteEnded(long finalPosition, boolean closed) {
    finalReceived = finalPosition;
    remoteClosed |= closed;
  }

  /** A fresh handler continues: what the one before it was given or ended is of no account. */
  public void newIncarnation() {
    finalReceived = -1;
    remoteClosed = false;
    remoteReceived = 0;
    durablePosition = 0;
  }

  /** Final position of what this end sends, or -1. */
  public long finalSent() {
    return finalSent;
  }

  /** Final position of what the peer sends, or -1. */
  public long finalReceived() {
    return finalReceived;
  }

  public boolean isLocalClosed() {
    return localClosed;
  }

  public boolean isRemoteClosed() {
    return remoteClosed;
  }

  /** True when the peer has ended its output and the application was given all of it. */
  public boolean isInputComplete() {
    long last = finalReceived;
    return last >= 0 && receivedPosition() == last;
  }

  /** True when this end has ended its output and the peer's application was given all of it. */
  public boolean isOutputComplete() {
    long last = finalSent;
    return last >= 0 && remoteReceived >= last;
  }
}

package dev.belay.agent.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.belay.replicator.log.LogRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The server's own copy of a session's input, from its start, with the turns: what is shipped to
 * another member, and shipped again when that one is gone.
 *
 * <p>Invariant: {@code endPosition} is the number of bytes that this incarnation's handler has been
 * given, until the log is given up ({@link #isGivenUp}), which is final. The reader of the session
 * appends; any thread may read.
 */
public final class InputLog {
  private static final int RECORD_BYTES_LIMIT = 64 << 10;

  private final NativeStream memory;
  private final long limitBytes;
  private final Runnable appended;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final Retention bytes;

  @GuardedBy("lock")
  private final TurnLog turns = new TurnLog();

  private volatile boolean givenUp;

  @GuardedBy("lock")
  private boolean closed;

  /**
   * @param appended called by the reader behind each append; must not block
   */
  public InputLog(Session.Environment environment, Runnable appended) {
    this.memory = environment.memory();
    this.limitBytes = environment.logLimitBytes();
    this.appended = appended;
    this.bytes = new Retention(environment.budget(), limitBytes, Overflow.REFUSE);
  }

  /** The application was given {@code length} bytes at {@code address}, and had sent so much. */
  public void append(long address, int length, long sentPosition) {
    lock.lock();
    try {
      if (givenUp || closed) {
        return;
      }
      turns.mark(bytes.endPosition(), sentPosition);
      boolean isKept = turns.heldBytes() <= limitBytes && bytes.append(memory, address, length);
      if (!isKept) {
        givenUp = true;
        drop();
      }
    } finally {
      lock.unlock();
    }
    appended.run();
  }

  /** As {@link #append}, out of the first {@code total} bytes of {@code count} vectors. */
  void appendVector(long vectors, int count, long total, long sentPosition) {
    long left = total;
    for (int i = 0; i < count && left > 0; i++) {
      int length = (int) Math.min(left, memory.vectorLength(vectors, i));
      append(memory.vectorBase(vectors, i), length, sentPosition);
      left -= length;
    }
  }

  /**
   * Copies from {@code position} on, a record for each turn.
   *
   * @param limitBytesOfAll about so many bytes in all; none if there is nothing behind {@code
   *     position} or the log is given up
   */
  public List<LogRecord> recordsFrom(long position, int limitBytesOfAll) {
    List<LogRecord> records = new ArrayList<>();
    lock.lock();
    try {
      long at = position;
      long until =
          Math.min(givenUp || closed ? position : bytes.endPosition(), position + limitBytesOfAll);
      while (at < until) {
        long turnEnd = Math.min(turns.nextMarkAfter(at), until);
        byte[] piece = new byte[(int) Math.min(RECORD_BYTES_LIMIT, turnEnd - at)];
        bytes.read(at, piece, 0, piece.length);
        records.add(new LogRecord(LogRecord.Kind.INPUT, at, turns.outPositionFor(at), piece));
        at += piece.length;
      }
    } finally {
      lock.unlock();
    }
    return records;
  }

  /** Bytes given to the application so far; while the log is not given up. */
  public long endPosition() {
    lock.lock();
    try {
      return bytes.endPosition();
    } finally {
      lock.unlock();
    }
  }

  /** The limit or the memory did not suffice: the session cannot be continued from a log. */
  public boolean isGivenUp() {
    return givenUp;
  }

  /** Memory taken. */
  public long heldBytes() {
    lock.lock();
    try {
      return bytes.heldBytes() + turns.heldBytes();
    } finally {
      lock.unlock();
    }
  }

  /** The session is over here, which says nothing of what others hold of it. */
  public void close() {
    lock.lock();
    try {
      closed = true;
      drop();
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void drop() {
    bytes.close();
    turns.clear();
  }
}

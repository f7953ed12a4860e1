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
 * <p>A replay puts in ahead of its handler what members hold of the input ({@link #appendAhead}):
 * so this server has it from the beginning of the replay, not from its end. What the handler is
 * given of it later is here already.
 *
 * <p>Invariant: all that this incarnation's handler has been given is here, until the log is given
 * up ({@link #isGivenUp}), which is final. The reader of the session appends, the replay before it;
 * any thread may read.
 */
public final class InputLog {
  private static final int RECORD_BYTES_LIMIT = 64 << 10;

  private final Session.Environment environment;
  private final Listener listener;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final Retention bytes;

  @GuardedBy("lock")
  private final TurnLog turns;

  /** What the handler has been given; more may be here. */
  @GuardedBy("lock")
  private long givenPosition;

  /** Behind the last byte that is here. Volatile: written under the lock, read without. */
  private volatile long endPosition;

  private volatile boolean givenUp;

  @GuardedBy("lock")
  private boolean closed;

  /** Told by whoever appends, in its thread. */
  public interface Listener {
    /** Something was appended. Must not block. */
    void appended();
  }

  /**
   * @param listener told behind each append
   */
  public InputLog(Session.Environment environment, Listener listener) {
    this.environment = environment;
    this.listener = listener;
    this.turns = new TurnLog(environment.budget());
    this.bytes = new Retention(environment.budget(), environment.logLimitBytes(), Overflow.REFUSE);
  }

  /** The application was given {@code length} bytes at {@code address}, and had sent so much. */
  public void append(long address, int length, long sentPosition) {
    lock.lock();
    try {
      givenPosition += length;
      long fresh = Math.min(length, givenPosition - bytes.endPosition());
      if (givenUp || closed || fresh <= 0) {
        return;
      }
      boolean isKept =
          mark(bytes.endPosition(), sentPosition)
              && bytes.append(environment.memory(), address + length - fresh, (int) fresh);
      if (!isKept) {
        givenUp = true;
        drop();
      }
      endPosition = bytes.endPosition();
    } finally {
      lock.unlock();
    }
    listener.appended();
  }

  /** False when there is no room for what belongs to it. */
  @GuardedBy("lock")
  private boolean mark(long inPosition, long outPosition) {
    return turns.mark(inPosition, outPosition) && turns.heldBytes() <= environment.logLimitBytes();
  }

  /**
   * What follows, as a member holds it: the handler has not been given it yet.
   *
   * @return whether it is here now; if there is no room for it, it comes with {@link #append}
   */
  public boolean appendAhead(LogRecord record) {
    lock.lock();
    try {
      if (givenUp || closed || record.inPosition() != bytes.endPosition()) {
        return false;
      }
      long last = turns.outPositionFor(record.inPosition());
      boolean isRoom = mark(record.inPosition(), Math.max(last, record.outPosition()));
      if (!isRoom || !bytes.append(record.bytes(), 0, record.bytes().length)) {
        return false;
      }
      endPosition = bytes.endPosition();
    } finally {
      lock.unlock();
    }
    listener.appended();
    return true;
  }

  /** As {@link #append}, out of the first {@code total} bytes of {@code count} vectors. */
  void appendVector(long vectors, int count, long total, long sentPosition) {
    NativeStream memory = environment.memory();
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

  /** Behind the last byte that was put in. Any thread, without waiting for one that puts in. */
  public long endPosition() {
    return endPosition;
  }

  /** Bytes given to the application so far; also when the log is given up. */
  public long givenPosition() {
    lock.lock();
    try {
      return givenPosition;
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

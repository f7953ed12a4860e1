package dev.belay.agent.replay;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.belay.agent.session.StreamChecksum;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A replay as arithmetic: which logged input a fresh handler may read now, and which of its output
 * the client already has.
 *
 * <p>Input goes in as turns, read {@link #offer}, and comes out as chunks that keep the turns: the
 * handler is given a record only when it has produced what had been produced when the record was
 * read. Output up to {@code suppressUntil} is checked, never delivered; what follows belongs to the
 * client only once {@link #isVerified()}.
 *
 * <p>Invariants: {@code fedPosition <= offeredPosition}; not verified and {@code producedPosition
 * >= suppressUntil} means diverged, for good.
 *
 * <p>Threads: input is guarded by a lock, since the handler's own thread may take it ({@link
 * HandlerInput}); all about output is one thread's.
 */
public final class ReplayFeed {

  /**
   * A chunk is never longer, so that a handler that takes little at a time costs little copying.
   */
  static final int CHUNK_BYTES_LIMIT = 1 << 16;

  /**
   * Turns that are queued before the feed wants no more: one of a single byte takes fifty times
   * that in memory, and a client may send nothing else.
   */
  static final int QUEUED_TURNS_LIMIT = 1 << 14;

  private static final byte[] NO_CHUNK = {};

  private long suppressUntil;
  private int expectedChecksum;
  private boolean mayDiverge;
  private final long queueLimitBytes;

  private final StreamChecksum checksum = new StreamChecksum();
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final ArrayDeque<Turn> turns = new ArrayDeque<>();

  /**
   * What {@link #nextChunk} returned last, unless all of it is consumed: the first turn's bytes
   * from there on.
   */
  @GuardedBy("lock")
  private byte[] chunk = NO_CHUNK;

  /** How many bytes of the first turn are consumed. */
  @GuardedBy("lock")
  private int turnOffset;

  @GuardedBy("lock")
  private long offeredPosition;

  @GuardedBy("lock")
  private long fedPosition;

  @GuardedBy("lock")
  private boolean logEnded;

  private long producedPosition;
  private boolean verified;

  /** Never compared, so an array may be part of it. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Turn(long outPosition, byte[] bytes) {}

  /**
   * A replay of a log that begins at input position 0.
   *
   * @param suppressUntil output position up to which the client has received
   * @param expectedChecksum CRC32C of what it has received
   * @param queueLimitBytes beyond so many queued bytes the feed wants no more
   */
  public ReplayFeed(long suppressUntil, int expectedChecksum, long queueLimitBytes) {
    this(suppressUntil, expectedChecksum, queueLimitBytes, 0);
  }

  /** As above, for a log that begins at input position {@code startPosition}. */
  public ReplayFeed(
      long suppressUntil, int expectedChecksum, long queueLimitBytes, long startPosition) {
    if (suppressUntil < 0 || queueLimitBytes < 0 || startPosition < 0) {
      throw new IllegalArgumentException(
          String.format(
              "negative replay: until=%d limit=%d start=%d",
              suppressUntil, queueLimitBytes, startPosition));
    }
    this.suppressUntil = suppressUntil;
    this.expectedChecksum = expectedChecksum;
    this.queueLimitBytes = queueLimitBytes;
    this.offeredPosition = startPosition;
    this.fedPosition = startPosition;
    this.verified = suppressUntil == 0;
  }

  /**
   * The log's next input: {@code bytes}, read when {@code outPosition} bytes had been produced. An
   * output position lower than the one before is no error: a tail that comes from the client counts
   * what the client had received.
   *
   * @param bytes handed over, so the caller must not change them; none is no turn
   * @throws IllegalStateException after {@link #endOfLog()}
   */
  public void offer(long outPosition, byte[] bytes) {
    lock.lock();
    try {
      Objects.requireNonNull(bytes);
      if (logEnded) {
        throw new IllegalStateException("offered behind the end of the log: in=" + offeredPosition);
      }
      if (bytes.length > 0) {
        turns.addLast(new Turn(outPosition, bytes));
        offeredPosition += bytes.length;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Nothing more will be offered. */
  public void endOfLog() {
    lock.lock();
    try {
      logEnded = true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * No more than the limits is queued and the log has not ended; an offer is accepted in any case.
   */
  public boolean wantsMore() {
    lock.lock();
    try {
      return !logEnded
          && offeredPosition - fedPosition <= queueLimitBytes
          && turns.size() <= QUEUED_TURNS_LIMIT;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The next bytes that the handler may be given, now that it has produced {@code handlerProduced}
   * bytes; the same again until they are {@link #consumed}. Not to be changed.
   *
   * @return at least one byte, or null: the queue is empty or the next turn has not come yet
   */
  public byte[] nextChunk(long handlerProduced) {
    lock.lock();
    try {
      if (chunk.length == 0 && isTurnReached(handlerProduced)) {
        chunk = cutChunk(turns.element().bytes());
      }
      return chunk.length == 0 ? null : chunk;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The handler took {@code count} bytes of the last chunk.
   *
   * @throws IllegalArgumentException if the chunk had not so many
   */
  public void consumed(int count) {
    lock.lock();
    try {
      if (count < 0 || count > chunk.length) {
        throw new IllegalArgumentException(
            "consumed more than given: count=" + count + " chunk=" + chunk.length);
      }
      if (count == 0) {
        return;
      }
      turnOffset += count;
      fedPosition += count;
      chunk = NO_CHUNK;
      if (turnOffset == turns.element().bytes().length) {
        turns.remove();
        turnOffset = 0;
      }
    } finally {
      lock.unlock();
    }
  }

  /** The handler reads no more: what is queued, and what is offered from now on, counts as fed. */
  public void discard() {
    lock.lock();
    try {
      turns.clear();
      turnOffset = 0;
      chunk = NO_CHUNK;
      fedPosition = offeredPosition;
    } finally {
      lock.unlock();
    }
  }

  /** Input position up to which the handler has consumed. */
  public long fedPosition() {
    lock.lock();
    try {
      return fedPosition;
    } finally {
      lock.unlock();
    }
  }

  /** Input position up to which the log has been offered. */
  public long offeredPosition() {
    lock.lock();
    try {
      return offeredPosition;
    } finally {
      lock.unlock();
    }
  }

  /** Something is queued. */
  boolean hasTurns() {
    lock.lock();
    try {
      return !turns.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** The log has ended and the handler has consumed all of it. */
  public boolean isFed() {
    lock.lock();
    try {
      return logEnded && turns.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The handler produced {@code length} bytes from {@code offset} on.
   *
   * @return how many of them, from the first on, the client already has: they are to be suppressed
   * @throws DivergenceException if {@code suppressUntil} is reached, now or earlier, with another
   *     checksum
   */
  public int output(byte[] bytes, int offset, int length) throws DivergenceException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    int suppressed = (int) Math.min(length, Math.max(0, suppressUntil - producedPosition));
    checksum.update(bytes, offset, suppressed);
    producedPosition += length;
    if (!verified && producedPosition >= suppressUntil) {
      verify();
    }
    return suppressed;
  }

  /** Output position up to which the handler has produced. */
  public long producedPosition() {
    return producedPosition;
  }

  /**
   * The handler has produced what the client has, and it is the same; at once if the client has
   * nothing.
   */
  public boolean isVerified() {
    return verified;
  }

  /**
   * The client has received more meanwhile, from the server that it still has.
   *
   * @param position not below the one before, and not below {@code producedPosition}: what was only
   *     counted cannot be compared any more
   * @throws DivergenceException if as much is produced already, with another checksum
   */
  public void suppressUntil(long position, int checksumThere) throws DivergenceException {
    if (position < Math.max(suppressUntil, producedPosition)) {
      throw new IllegalArgumentException(
          "suppressed less than before: " + position + " < " + suppressUntil);
    }
    suppressUntil = position;
    expectedChecksum = checksumThere;
    verified = false;
    if (producedPosition == position) {
      verify();
    }
  }

  /** Output position up to which the client has received. */
  public long suppressUntil() {
    return suppressUntil;
  }

  /**
   * The handler will produce nothing behind {@code finalPosition}.
   *
   * @throws DivergenceException if the client has received more
   */
  public void outputEnded(long finalPosition) throws DivergenceException {
    if (finalPosition < suppressUntil) {
      throw DivergenceException.ofEnd(finalPosition, suppressUntil);
    }
  }

  @GuardedBy("lock")
  private boolean isTurnReached(long handlerProduced) {
    Turn next = turns.peek();
    return next != null && (turnOffset > 0 || next.outPosition() <= handlerProduced);
  }

  @GuardedBy("lock")
  private byte[] cutChunk(byte[] bytes) {
    int length = Math.min(CHUNK_BYTES_LIMIT, bytes.length - turnOffset);
    return length == bytes.length
        ? bytes
        : Arrays.copyOfRange(bytes, turnOffset, turnOffset + length);
  }

  /**
   * The operator has said that a different output may go on from here ({@code
   * belay.divergence=continue}): counts as verified from now on.
   */
  public void acceptDivergence() {
    mayDiverge = true;
    verified = true;
  }

  private void verify() throws DivergenceException {
    if (checksum.value() != expectedChecksum && !mayDiverge) {
      throw DivergenceException.ofChecksum(suppressUntil, expectedChecksum, checksum.value());
    }
    verified = true;
  }
}

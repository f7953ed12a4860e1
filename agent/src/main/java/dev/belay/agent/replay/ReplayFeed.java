package dev.belay.agent.replay;

import dev.belay.agent.session.StreamChecksum;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Objects;

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
 * >= suppressUntil} means diverged, for good. Not thread-safe: the caller holds the session's lock.
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

  private final ArrayDeque<Turn> turns = new ArrayDeque<>();
  private final StreamChecksum checksum = new StreamChecksum();

  /**
   * What {@link #nextChunk} returned last, unless all of it is consumed: the first turn's bytes
   * from there on.
   */
  private byte[] chunk = NO_CHUNK;

  /** How many bytes of the first turn are consumed. */
  private int turnOffset;

  private long offeredPosition;
  private long fedPosition;
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
    Objects.requireNonNull(bytes);
    if (logEnded) {
      throw new IllegalStateException("offered behind the end of the log: in=" + offeredPosition);
    }
    if (bytes.length > 0) {
      turns.addLast(new Turn(outPosition, bytes));
      offeredPosition += bytes.length;
    }
  }

  /** Nothing more will be offered. */
  public void endOfLog() {
    logEnded = true;
  }

  /**
   * No more than the limits is queued and the log has not ended; an offer is accepted in any case.
   */
  public boolean wantsMore() {
    return !logEnded
        && offeredPosition - fedPosition <= queueLimitBytes
        && turns.size() <= QUEUED_TURNS_LIMIT;
  }

  /**
   * The next bytes that the handler may be given, now that it has produced {@code handlerProduced}
   * bytes; the same again until they are {@link #consumed}. Not to be changed.
   *
   * @return at least one byte, or null: the queue is empty or the next turn has not come yet
   */
  public byte[] nextChunk(long handlerProduced) {
    if (chunk.length == 0 && isTurnReached(handlerProduced)) {
      chunk = cutChunk(turns.element().bytes());
    }
    return chunk.length == 0 ? null : chunk;
  }

  /**
   * The handler took {@code count} bytes of the last chunk.
   *
   * @throws IllegalArgumentException if the chunk had not so many
   */
  public void consumed(int count) {
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
  }

  /** The handler reads no more: what is queued, and what is offered from now on, counts as fed. */
  public void discard() {
    turns.clear();
    turnOffset = 0;
    chunk = NO_CHUNK;
    fedPosition = offeredPosition;
  }

  /** Input position up to which the handler has consumed. */
  public long fedPosition() {
    return fedPosition;
  }

  /** Input position up to which the log has been offered. */
  public long offeredPosition() {
    return offeredPosition;
  }

  /** The log has ended and the handler has consumed all of it. */
  public boolean isFed() {
    return logEnded && turns.isEmpty();
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

  private boolean isTurnReached(long handlerProduced) {
    Turn next = turns.peek();
    return next != null && (turnOffset > 0 || next.outPosition() <= handlerProduced);
  }

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

package dev.belay.agent.session;

import java.util.Arrays;

/**
 * The turns of a conversation as the client saw them: a mark {@code (inPosition, outPosition)} says
 * that the input from {@code inPosition} on was written when the client had received {@code
 * outPosition} bytes.
 *
 * <p>A mark takes two longs in a chunk of {@link #CHUNK_MARKS}; the first chunk starts small.
 * Before the first mark stands an implied one, {@code (0, 0)}.
 *
 * <p>Invariant: both positions never decrease from mark to mark, and both grow between two marks
 * that are kept. Not thread-safe: the caller holds the session's lock.
 */
public final class TurnLog {

  /** Marks in a full chunk. */
  static final int CHUNK_MARKS = 512;

  /** Marks for which the first chunk has room at first. */
  static final int FIRST_CHUNK_MARKS = 8;

  private static final int CHUNK_SHIFT = Integer.numberOfTrailingZeros(CHUNK_MARKS);
  private static final int MARK_LONGS = 2;
  private static final long[][] NO_CHUNKS = {};

  private long[][] chunks = NO_CHUNKS;
  private int size;
  private int capacity;
  private long lastInPosition;
  private long lastOutPosition;

  /**
   * Input from {@code inPosition} on is written, and {@code outPosition} bytes have been received.
   * Keeps nothing if no output came since the last mark.
   *
   * @throws IllegalStateException if a position is lower than in an earlier call
   */
  public void mark(long inPosition, long outPosition) {
    if (inPosition < lastInPosition || outPosition < lastOutPosition) {
      throw new IllegalStateException(
          String.format(
              "mark goes back: in=%d out=%d after in=%d out=%d",
              inPosition, outPosition, lastInPosition, lastOutPosition));
    }
    lastInPosition = inPosition;
    if (outPosition != lastOutPosition) {
      lastOutPosition = outPosition;
      put(inPosition, outPosition);
    }
  }

  /** The output position of the last mark at or before {@code inPosition}; 0 if there is none. */
  public long outPositionFor(long inPosition) {
    int behind = countUpTo(inPosition);
    return behind == 0 ? 0 : outOf(behind - 1);
  }

  /**
   * The input position of the first mark behind {@code inPosition}; {@code Long.MAX_VALUE} if there
   * is none.
   */
  public long nextMarkAfter(long inPosition) {
    int behind = countUpTo(inPosition);
    return behind == size ? Long.MAX_VALUE : inOf(behind);
  }

  /** Marks that only matter for input before {@code inPosition} are no longer needed. */
  public void forgetBefore(long inPosition) {
    int dropped = Math.max(0, countUpTo(inPosition) - 1) >> CHUNK_SHIFT;
    if (dropped == 0) {
      return;
    }
    int held = (capacity + CHUNK_MARKS - 1) >> CHUNK_SHIFT;
    System.arraycopy(chunks, dropped, chunks, 0, held - dropped);
    Arrays.fill(chunks, held - dropped, held, null);
    size -= dropped * CHUNK_MARKS;
    capacity -= dropped * CHUNK_MARKS;
  }

  /** Memory taken by the marks. */
  public long heldBytes() {
    return (long) capacity * MARK_LONGS * Long.BYTES;
  }

  /** Forgets all marks and positions, and frees their memory: as new. */
  public void clear() {
    chunks = NO_CHUNKS;
    size = 0;
    capacity = 0;
    lastInPosition = 0;
    lastOutPosition = 0;
  }

  private void put(long inPosition, long outPosition) {
    boolean sameInput = size > 0 && inOf(size - 1) == inPosition;
    if (sameInput) {
      // Nothing was written between the two marks, so the later one holds for all that follows.
      size--;
    }
    if (size == capacity) {
      grow();
    }
    long[] chunk = chunks[size >> CHUNK_SHIFT];
    int index = indexOf(size);
    chunk[index] = inPosition;
    chunk[index + 1] = outPosition;
    size++;
  }

  private void grow() {
    if (capacity >= CHUNK_MARKS) {
      addChunk(CHUNK_MARKS);
    } else if (capacity == 0) {
      addChunk(FIRST_CHUNK_MARKS);
    } else {
      chunks[0] = Arrays.copyOf(chunks[0], 2 * capacity * MARK_LONGS);
      capacity *= 2;
    }
  }

  private void addChunk(int marks) {
    int chunk = capacity >> CHUNK_SHIFT;
    if (chunk == chunks.length) {
      chunks = Arrays.copyOf(chunks, Math.max(1, 2 * chunk));
    }
    chunks[chunk] = new long[marks * MARK_LONGS];
    capacity += marks;
  }

  /** How many marks stand at or before {@code inPosition}. */
  private int countUpTo(long inPosition) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (inOf(middle) <= inPosition) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private long inOf(int mark) {
    return chunks[mark >> CHUNK_SHIFT][indexOf(mark)];
  }

  private long outOf(int mark) {
    return chunks[mark >> CHUNK_SHIFT][indexOf(mark) + 1];
  }

  private static int indexOf(int mark) {
    return (mark & (CHUNK_MARKS - 1)) * MARK_LONGS;
  }
}

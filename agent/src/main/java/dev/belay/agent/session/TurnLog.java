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
 * <p>Invariants: both positions never decrease from mark to mark, and both grow between two marks
 * that are kept; exactly {@link #heldBytes} are taken from the budget. Not thread-safe: the caller
 * holds the session's lock.
 */
public final class TurnLog {

  /** Marks in a full chunk. */
  static final int CHUNK_MARKS = 512;

  /** Marks for which the first chunk has room at first. */
  static final int FIRST_CHUNK_MARKS = 8;

  private static final int CHUNK_SHIFT = Integer.numberOfTrailingZeros(CHUNK_MARKS);
  private static final int MARK_LONGS = 2;
  private static final long MARK_BYTES = MARK_LONGS * Long.BYTES;
  private static final long[][] NO_CHUNKS = {};

  private final MemoryBudget budget;
  private long[][] chunks = NO_CHUNKS;
  private int size;
  private int capacity;
  private long lastInPosition;
  private long lastOutPosition;

  /**
   * @param budget what its chunks are taken from
   */
  public TurnLog(MemoryBudget budget) {
    this.budget = budget;
  }

  /**
   * Input from {@code inPosition} on is written, and {@code outPosition} bytes have been received.
   * Keeps nothing if no output came since the last mark.
   *
   * @return false if there is no memory for it: then it was not made
   * @throws IllegalStateException if a position is lower than in an earlier call
   */
  public boolean mark(long inPosition, long outPosition) {
    if (inPosition < lastInPosition || outPosition < lastOutPosition) {
      throw new IllegalStateException(
          String.format(
              "mark goes back: in=%d out=%d after in=%d out=%d",
              inPosition, outPosition, lastInPosition, lastOutPosition));
    }
    if (outPosition != lastOutPosition && !put(inPosition, outPosition)) {
      return false;
    }
    lastInPosition = inPosition;
    lastOutPosition = outPosition;
    return true;
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
    budget.give(dropped * CHUNK_MARKS * MARK_BYTES);
  }

  /** Memory taken by the marks. */
  public long heldBytes() {
    return capacity * MARK_BYTES;
  }

  /** Forgets all marks and positions, and frees their memory: as new. */
  public void clear() {
    budget.give(heldBytes());
    chunks = NO_CHUNKS;
    size = 0;
    capacity = 0;
    lastInPosition = 0;
    lastOutPosition = 0;
  }

  private boolean put(long inPosition, long outPosition) {
    // Nothing was written between two marks: the later one holds for all that follows.
    boolean sameInput = size > 0 && inOf(size - 1) == inPosition;
    int mark = sameInput ? size - 1 : size;
    if (mark == capacity && !grow()) {
      return false;
    }
    long[] chunk = chunks[mark >> CHUNK_SHIFT];
    int index = indexOf(mark);
    chunk[index] = inPosition;
    chunk[index + 1] = outPosition;
    size = mark + 1;
    return true;
  }

  private boolean grow() {
    int marks = capacity == 0 ? FIRST_CHUNK_MARKS : Math.min(capacity, CHUNK_MARKS);
    if (!budget.tryTake(marks * MARK_BYTES)) {
      return false;
    }
    try {
      allocate(marks);
      capacity += marks;
      return true;
    } catch (OutOfMemoryError e) {
      // The heap has less than the budget promises. To the caller that is the same.
      budget.give(marks * MARK_BYTES);
      return false;
    }
  }

  private void allocate(int marks) {
    int chunk = capacity >> CHUNK_SHIFT;
    if (capacity > 0 && chunk == 0) {
      chunks[0] = Arrays.copyOf(chunks[0], (capacity + marks) * MARK_LONGS);
      return;
    }
    if (chunk == chunks.length) {
      chunks = Arrays.copyOf(chunks, Math.max(1, 2 * chunk));
    }
    chunks[chunk] = new long[marks * MARK_LONGS];
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

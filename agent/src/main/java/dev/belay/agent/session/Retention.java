package dev.belay.agent.session;

import java.util.Arrays;
import java.util.Objects;

/**
 * The bytes of one direction of a session, from {@link #startPosition()} up to {@link
 * #endPosition()}, kept in case they must be sent again.
 *
 * <p>They lie in blocks of {@link #BLOCK_BYTES}, referred to by a circular array: block {@code i}
 * holds the positions from {@code basePosition + i * BLOCK_BYTES} on. Behind the blocks in use
 * follow the spare ones, so that taking one into use moves nothing; the one that was released last
 * comes first, since of all it is the most likely to be in a cache still. While there is one block
 * only it may be smaller, and grows with its content.
 *
 * <p>Invariants: {@code basePosition <= startPosition <= endPosition <= basePosition + heldBytes};
 * what is retained is at most {@code limitBytes}; exactly {@code heldBytes}, all blocks in use and
 * spare, are taken from the budget. Not thread-safe: the caller holds the session's lock.
 */
public final class Retention implements AutoCloseable {

  /** Size of a block, except that of an only one. */
  static final int BLOCK_BYTES = 1 << 14;

  /** Size at which an only block starts. */
  static final int FIRST_BLOCK_BYTES = 128;

  /**
   * So many released blocks are kept for new bytes, none when the budget gets scarce: as much as a
   * link's buffers hold, whose content comes and goes as a peer falls behind and catches up.
   */
  static final int SPARE_BLOCKS_LIMIT = 256;

  private static final int BLOCK_SHIFT = Integer.numberOfTrailingZeros(BLOCK_BYTES);

  /** Content of an only block is moved to its front rather than the block grown, up to 1/4 full. */
  private static final int SLIDE_FRACTION = 4;

  private static final byte[][] NO_BLOCKS = {};
  private static final int REFUSED = -1;

  private final MemoryBudget budget;
  private long limitBytes;
  private Overflow overflow;

  /** Circular, from {@code firstSlot} on; its length is 0 or a power of two. */
  private byte[][] blocks = NO_BLOCKS;

  private int firstSlot;
  private boolean closed;
  private long heldBytes;
  private long basePosition;
  private long startPosition;
  private long endPosition;

  /**
   * An empty retention at position 0 that holds no memory.
   *
   * @param budget what its blocks are taken from
   * @param limitBytes how many bytes are retained at most, not negative
   * @param overflow what to do with more
   */
  public Retention(MemoryBudget budget, long limitBytes, Overflow overflow) {
    if (limitBytes < 0) {
      throw new IllegalArgumentException("negative limit: limit=" + limitBytes);
    }
    this.budget = Objects.requireNonNull(budget);
    this.limitBytes = limitBytes;
    this.overflow = Objects.requireNonNull(overflow);
  }

  /**
   * Appends {@code length} bytes that begin at {@code address}.
   *
   * @return false if {@link Overflow#REFUSE} applies: then none of them is retained, {@code
   *     endPosition} is what it was, and the caller decides what becomes of the session. With
   *     {@link Overflow#DROP_OLDEST} always true: {@code endPosition} has advanced by {@code
   *     length}, and as many of the newest bytes are retained as may be.
   */
  public boolean append(NativeMemory memory, long address, int length) {
    int done = admit(length);
    if (done == REFUSED) {
      return false;
    }
    while (done < length) {
      int count = Math.min(length - done, BLOCK_BYTES - offsetOf(endPosition));
      memory.copy(address + done, blockOf(endPosition), offsetOf(endPosition), count);
      endPosition += count;
      done += count;
    }
    return true;
  }

  /** As {@link #append(NativeMemory, long, int)}, with bytes on the heap. */
  public boolean append(byte[] source, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, source.length);
    int done = admit(length);
    if (done == REFUSED) {
      return false;
    }
    while (done < length) {
      int count = Math.min(length - done, BLOCK_BYTES - offsetOf(endPosition));
      System.arraycopy(source, offset + done, blockOf(endPosition), offsetOf(endPosition), count);
      endPosition += count;
      done += count;
    }
    return true;
  }

  /**
   * Copies retained bytes from {@code position} on into {@code target}.
   *
   * @return how many: {@code length}, or what there is up to {@code endPosition}, so 0 at the end
   * @throws LogTruncatedException if {@code position} lies before {@code startPosition}
   * @throws IllegalArgumentException if it lies behind {@code endPosition}
   */
  public int read(long position, byte[] target, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (position < startPosition) {
      throw new LogTruncatedException(position, startPosition, endPosition);
    }
    requireNotBehindEnd(position);
    int total = (int) Math.min(length, endPosition - position);
    int done = 0;
    while (done < total) {
      long from = position + done;
      int count = Math.min(total - done, BLOCK_BYTES - offsetOf(from));
      System.arraycopy(blockOf(from), offsetOf(from), target, offset + done, count);
      done += count;
    }
    return total;
  }

  /**
   * Positions below {@code position} are no longer needed. Blocks that hold nothing else are freed.
   * A position lower than an earlier one is old news and changes nothing.
   *
   * @throws IllegalArgumentException if {@code position} lies behind {@code endPosition}: nobody
   *     can be done with bytes that do not exist yet
   */
  public void release(long position) {
    requireNotBehindEnd(position);
    startPosition = Math.max(startPosition, position);
    if (startPosition - basePosition >= BLOCK_BYTES) {
      retireBlocks();
    }
  }

  /**
   * Drops the oldest bytes until at most {@code bytes} are retained.
   *
   * @return whether there was something to drop
   */
  public boolean dropOldestTo(long bytes) {
    boolean tooMany = endPosition - startPosition > bytes;
    if (tooMany) {
      release(endPosition - bytes);
    }
    return tooMany;
  }

  /**
   * Retains at most {@code newLimitBytes} from now on, the newest: {@link Overflow#DROP_OLDEST}
   * applies to what comes. Needs no memory.
   */
  public void becomeRing(long newLimitBytes) {
    limitBytes = newLimitBytes;
    overflow = Overflow.DROP_OLDEST;
    dropOldestTo(newLimitBytes);
  }

  /**
   * Drops all bytes, gives all memory back and goes on at {@code position}.
   *
   * @throws IllegalArgumentException if {@code position} lies before {@code endPosition}
   */
  public void skipTo(long position) {
    if (position < endPosition) {
      throw new IllegalArgumentException(
          "position goes back: wanted=" + position + " end=" + endPosition);
    }
    freeAll();
    emptyAt(position);
  }

  /** Gives back what is held for speed alone: to be called when the session has become idle. */
  public void trimSpare() {
    if (startPosition == endPosition) {
      freeAll();
      return;
    }
    dropSpareBlocks();
    int slots = ceilingPowerOfTwo(blockCount(heldBytes));
    if (slots < blocks.length) {
      resizeSlots(slots);
    }
    if (blocks.length == 1) {
      shrinkOnlyBlock();
    }
  }

  /** Drops all bytes and gives all memory back, for good: nothing can be retained from now on. */
  @Override
  public void close() {
    skipTo(endPosition);
    closed = true;
  }

  /** The position of the oldest retained byte. */
  public long startPosition() {
    return startPosition;
  }

  /** The position behind the newest byte: where the next one belongs. */
  public long endPosition() {
    return endPosition;
  }

  /** Memory taken from the budget: that of all blocks, not only of the bytes in them. */
  public long heldBytes() {
    return heldBytes;
  }

  /**
   * Makes room for the last of {@code length} new bytes.
   *
   * @return how many of the first must be left out, or {@link #REFUSED}
   */
  private int admit(int length) {
    if (length < 0) {
      throw new IllegalArgumentException("negative length: length=" + length);
    }
    if (overflow == Overflow.DROP_OLDEST) {
      return admitNewest(length);
    }
    long retained = endPosition - startPosition;
    return retained + length <= limitBytes && makeRoom(length) ? 0 : REFUSED;
  }

  private int admitNewest(int length) {
    dropOldestTo(Math.max(0, limitBytes - length));
    boolean fits = length <= limitBytes && makeRoom(length);
    while (!fits && length <= limitBytes && startPosition < endPosition) {
      release(Math.min(endPosition, basePosition + BLOCK_BYTES)); // its block may serve again
      fits = makeRoom(length);
    }
    if (fits) {
      return 0;
    }
    dropOldestTo(0);
    int kept = (int) Math.min(length, limitBytes);
    if (!makeRoom(kept)) {
      kept = (int) Math.min(kept, heldBytes);
    }
    emptyAt(endPosition + length - kept);
    return length - kept;
  }

  private boolean makeRoom(int length) {
    if (startPosition == endPosition) {
      emptyAt(endPosition);
    }
    long neededBytes = endPosition - basePosition + length;
    return neededBytes <= heldBytes || slideContent(length) || grow(neededBytes);
  }

  private void emptyAt(long position) {
    basePosition = position;
    startPosition = position;
    endPosition = position;
  }

  private boolean slideContent(int length) {
    long retained = endPosition - startPosition;
    boolean worthIt = retained <= heldBytes / SLIDE_FRACTION && retained + length <= heldBytes;
    if (heldBytes > BLOCK_BYTES || !worthIt) {
      return false;
    }
    byte[] only = blocks[firstSlot];
    System.arraycopy(only, offsetOf(startPosition), only, 0, (int) retained);
    basePosition = startPosition;
    return true;
  }

  private boolean grow(long neededBytes) {
    boolean one = neededBytes <= BLOCK_BYTES;
    long wholeBlocks = (long) blockCount(neededBytes) * BLOCK_BYTES;
    long targetBytes = one ? onlyBlockBytes((int) neededBytes) : wholeBlocks;
    long moreBytes = targetBytes - heldBytes;
    if (closed || !budget.tryTake(moreBytes)) {
      return false;
    }
    try {
      allocate(targetBytes);
      return true;
    } catch (OutOfMemoryError e) {
      // The heap has less than the budget promises. To the caller that is the same.
      budget.give(moreBytes);
      recycleBlocksFrom(blockCount(heldBytes));
      return false;
    }
  }

  /** May fail anywhere: until {@code heldBytes} says so, what it has added counts for nothing. */
  private void allocate(long targetBytes) {
    int targetCount = blockCount(targetBytes);
    if (targetCount > blocks.length) {
      resizeSlots(ceilingPowerOfTwo(targetCount));
    }
    for (int i = Math.max(1, blockCount(heldBytes)); i < targetCount; i++) {
      blocks[slot(i)] = budget.newBlock();
    }
    if (heldBytes < BLOCK_BYTES) {
      int firstBytes = (int) Math.min(targetBytes, BLOCK_BYTES);
      byte[] old = blocks[firstSlot];
      blocks[firstSlot] = old == null ? new byte[firstBytes] : Arrays.copyOf(old, firstBytes);
    }
    heldBytes = targetBytes;
  }

  private void recycleBlocksFrom(int first) {
    for (int i = first; i < blocks.length; i++) {
      byte[] block = blocks[slot(i)];
      blocks[slot(i)] = null;
      budget.recycle(block);
    }
  }

  private void retireBlocks() {
    int older = spareBlocks();
    while (startPosition - basePosition >= BLOCK_BYTES) {
      retireFirstBlock();
    }
    int firstSpare = blockCount(endPosition - basePosition);
    reverse(firstSpare, firstSpare + older);
    reverse(firstSpare, blockCount(heldBytes)); // the last retired first, then the older ones
  }

  private void reverse(int from, int to) {
    for (int i = from, j = to - 1; i < j; i++, j--) {
      byte[] block = blocks[slot(i)];
      blocks[slot(i)] = blocks[slot(j)];
      blocks[slot(j)] = block;
    }
  }

  private int spareBlocks() {
    return blockCount(heldBytes) - blockCount(endPosition - basePosition);
  }

  private void retireFirstBlock() {
    int count = blockCount(heldBytes);
    int spare = spareBlocks();
    byte[] first = blocks[firstSlot];
    blocks[firstSlot] = null;
    int slotBehindLast = slot(count);
    firstSlot = slot(1);
    basePosition += BLOCK_BYTES;
    if (spare < SPARE_BLOCKS_LIMIT && budget.isRoomy()) {
      blocks[slotBehindLast] = first;
    } else {
      giveBack(BLOCK_BYTES);
      budget.recycle(first);
    }
  }

  private void dropSpareBlocks() {
    giveBack((long) spareBlocks() * BLOCK_BYTES);
    recycleBlocksFrom(blockCount(endPosition - basePosition));
  }

  private void shrinkOnlyBlock() {
    int retained = (int) (endPosition - startPosition);
    int fittingBytes = onlyBlockBytes(retained);
    byte[] old = blocks[firstSlot];
    if (fittingBytes < old.length) {
      byte[] fitting = new byte[fittingBytes];
      System.arraycopy(old, offsetOf(startPosition), fitting, 0, retained);
      blocks[firstSlot] = fitting;
      basePosition = startPosition;
      giveBack(old.length - fittingBytes);
      budget.recycle(old);
    }
  }

  private void freeAll() {
    giveBack(heldBytes);
    recycleBlocksFrom(0);
    blocks = NO_BLOCKS;
    firstSlot = 0;
    emptyAt(endPosition);
  }

  private void giveBack(long bytes) {
    heldBytes -= bytes;
    budget.give(bytes);
  }

  private void resizeSlots(int newLength) {
    byte[][] resized = new byte[newLength][];
    for (int i = blockCount(heldBytes) - 1; i >= 0; i--) {
      resized[i] = blocks[slot(i)];
    }
    blocks = resized;
    firstSlot = 0;
  }

  private byte[] blockOf(long position) {
    return blocks[slot((int) ((position - basePosition) >> BLOCK_SHIFT))];
  }

  private int offsetOf(long position) {
    return (int) (position - basePosition) & (BLOCK_BYTES - 1);
  }

  private int slot(int block) {
    return (firstSlot + block) & (blocks.length - 1);
  }

  private void requireNotBehindEnd(long position) {
    if (position > endPosition) {
      throw new IllegalArgumentException(
          "position behind the end: wanted=" + position + " end=" + endPosition);
    }
  }

  private static int blockCount(long bytes) {
    return (int) ((bytes + BLOCK_BYTES - 1) >> BLOCK_SHIFT);
  }

  private static int onlyBlockBytes(int contentBytes) {
    return Math.max(FIRST_BLOCK_BYTES, ceilingPowerOfTwo(contentBytes));
  }

  private static int ceilingPowerOfTwo(int value) {
    return value <= 1 ? 1 : Integer.highestOneBit(value - 1) << 1;
  }
}

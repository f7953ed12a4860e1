package dev.belay.agent.wire;

import java.nio.ByteBuffer;

/**
 * Heads a batch of turn records, from client to server on a data link after REPLAY, so that many
 * small turns cost few reads and the reader knows where the raw bytes begin without looking ahead.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |                  length n, 12..MAX_LENGTH                     |  0
 * +---------------------------------------------------------------+
 * |              whole turn records, n bytes in all               |  4
 * +---------------------------------------------------------------+
 * </pre>
 *
 * The record that ends the turns is the last of its batch, and its batch the last; raw bytes
 * follow.
 *
 * @param length of the records that follow, in bytes
 */
public record TurnBatch(int length) {
  /** Length of the header. */
  public static final int HEADER_BYTES = 4;

  /** Most bytes of records in one batch. */
  public static final int MAX_LENGTH = TurnHeader.MAX_LENGTH + TurnHeader.HEADER_BYTES;

  /** Reads a header at the position of a big-endian buffer and moves it on. */
  public static TurnBatch decode(ByteBuffer in) throws FrameFormatException {
    if (in.remaining() < HEADER_BYTES) {
      throw new FrameFormatException("turn batch header is short: " + in.remaining() + " bytes");
    }
    int length = in.getInt();
    if (length < TurnHeader.HEADER_BYTES || length > MAX_LENGTH) {
      throw new FrameFormatException("bad turn batch: length=" + Integer.toUnsignedString(length));
    }
    return new TurnBatch(length);
  }
}

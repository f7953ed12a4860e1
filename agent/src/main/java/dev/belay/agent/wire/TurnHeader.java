package dev.belay.agent.wire;

import java.nio.ByteBuffer;

/**
 * Heads the bytes of one turn, from client to server on a data link after REPLAY: what the client
 * application wrote when it had read so much. A header of length 0 ends the turns; raw bytes follow
 * it.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |                    length n, 0..65536                         |  0
 * +---------------------------------------------------------------+
 * |                                                               |  4
 * +                         out position                          +
 * |                                                               |
 * +---------------------------------------------------------------+
 * |                        in bytes, n                            | 12
 * +---------------------------------------------------------------+
 * </pre>
 *
 * @param length of the bytes that follow; 0 ends the turns
 * @param outPosition how much the handler must have produced before it gets them; of the end:
 *     before it gets the end of the input, if the client application has ended it
 */
public record TurnHeader(int length, long outPosition) {

  /** Length of the header. */
  public static final int HEADER_BYTES = 12;

  /** Most bytes in one record; a longer turn is several records. */
  public static final int MAX_LENGTH = 65536;

  /** A header that could be sent, or IllegalArgumentException. */
  public TurnHeader {
    if (length < 0 || length > MAX_LENGTH || outPosition < 0) {
      throw new IllegalArgumentException(
          "bad turn: length=" + length + " out position=" + outPosition);
    }
  }

  /** Whether raw bytes follow. */
  public boolean isEnd() {
    return length == 0;
  }

  /** Writes the header at the position of a big-endian buffer and moves it on. */
  public void encode(ByteBuffer out) {
    out.putInt(length);
    out.putLong(outPosition);
  }

  /** Reads a header at the position of a big-endian buffer and moves it on. */
  public static TurnHeader decode(ByteBuffer in) throws FrameFormatException {
    if (in.remaining() < HEADER_BYTES) {
      throw new FrameFormatException("turn header is short: " + in.remaining() + " bytes");
    }
    int length = in.getInt();
    long outPosition = in.getLong();
    if (length < 0 || length > MAX_LENGTH || outPosition < 0) {
      throw new FrameFormatException(
          "bad turn: length=" + Integer.toUnsignedString(length) + " out position=" + outPosition);
    }
    return new TurnHeader(length, outPosition);
  }
}

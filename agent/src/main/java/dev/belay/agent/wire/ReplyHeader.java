package dev.belay.agent.wire;

import java.nio.ByteBuffer;

/**
 * The first eight bytes of every answer of a door: {@link DoorReply} on a data link, {@link
 * ServerHello} on a control link.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |                    magic 0x42454C41 "BELA"                    |  0
 * +---------------+---------------+-------------------------------+
 * |  version = 1  |     code      |         total length          |  4
 * +---------------+---------------+-------------------------------+
 * </pre>
 *
 * @param code 0..255; what it means depends on the link
 * @param totalLength of the whole reply in bytes, this header and the MAC included
 */
public record ReplyHeader(int code, int totalLength) {

  /** "BELA". */
  public static final int MAGIC = 0x42454C41;

  /** Length of the header. */
  public static final int HEADER_BYTES = 8;

  /** No reply is longer; a longer one is rejected unread. */
  public static final int MAX_REPLY = 512;

  /** The code of every refusal. */
  public static final int REFUSED = 128;

  /** Header, reason and an empty text. */
  private static final int MIN_REPLY = 11;

  /**
   * Reads the header at the buffer's position and leaves the position alone, as {@link
   * PrefaceHeader#decode} does.
   */
  public static ReplyHeader decode(ByteBuffer buffer) throws FrameFormatException {
    if (buffer.remaining() < HEADER_BYTES) {
      throw new FrameFormatException("reply header is short: " + buffer.remaining() + " bytes");
    }
    ByteBuffer in = buffer.duplicate();
    PrefaceHeader.checkMagicAndVersion(in, MAGIC);
    int code = Byte.toUnsignedInt(in.get());
    int totalLength = Short.toUnsignedInt(in.getShort());
    if (totalLength < MIN_REPLY || totalLength > MAX_REPLY) {
      throw new FrameFormatException("bad length of reply: " + totalLength);
    }
    return new ReplyHeader(code, totalLength);
  }

  /** The header of a reply that is wholly there. */
  static ReplyHeader ofWhole(byte[] whole) throws FrameFormatException {
    ReplyHeader header = decode(ByteBuffer.wrap(whole));
    if (header.totalLength != whole.length) {
      throw new FrameFormatException(
          "reply of " + header.totalLength + " bytes in " + whole.length);
    }
    return header;
  }
}

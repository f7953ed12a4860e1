package dev.belay.agent.wire;

import java.nio.ByteBuffer;

/**
 * The first eight bytes of every connection to the door.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |                    magic 0x42454C59 "BELY"                    |  0
 * +---------------+---------------+-------------------------------+
 * |  version = 1  |     kind      |         total length          |  4
 * +---------------+---------------+-------------------------------+
 * </pre>
 *
 * @param kind what the connection is for
 * @param totalLength of the whole preface in bytes, this header and the MAC included
 */
public record PrefaceHeader(PrefaceKind kind, int totalLength) {

  /** "BELY". */
  public static final int MAGIC = 0x42454C59;

  /** The only version so far. */
  public static final int VERSION = 1;

  /** Length of the header. */
  public static final int HEADER_BYTES = 8;

  /** No preface is longer; a longer one is rejected unread. */
  public static final int MAX_PREFACE = 512;

  /**
   * Reads the header at the buffer's position and leaves the position alone, since the header
   * belongs to the preface that is decoded and verified later.
   */
  public static PrefaceHeader decode(ByteBuffer buffer) throws FrameFormatException {
    if (buffer.remaining() < HEADER_BYTES) {
      throw new FrameFormatException("preface header is short: " + buffer.remaining() + " bytes");
    }
    ByteBuffer in = buffer.duplicate();
    checkMagicAndVersion(in, MAGIC);
    PrefaceKind kind = PrefaceKind.of(Byte.toUnsignedInt(in.get()));
    int totalLength = Short.toUnsignedInt(in.getShort());
    if (totalLength < kind.minBytes() || totalLength > MAX_PREFACE) {
      throw new FrameFormatException("bad length of " + kind + " preface: " + totalLength);
    }
    return new PrefaceHeader(kind, totalLength);
  }

  static void checkMagicAndVersion(ByteBuffer in, int magic) throws FrameFormatException {
    int actual = in.getInt();
    if (actual != magic) {
      throw new FrameFormatException("bad magic: 0x" + Integer.toHexString(actual));
    }
    int version = Byte.toUnsignedInt(in.get());
    if (version != VERSION) {
      throw new FrameFormatException("unknown version: " + version);
    }
  }

  /**
   * A reader of the fields after the header, up to the trailer, of a preface that is wholly there.
   */
  static FieldReader fieldsOf(byte[] whole, PrefaceKind expected, int trailerBytes)
      throws FrameFormatException {
    PrefaceHeader header = decode(ByteBuffer.wrap(whole));
    if (header.kind != expected) {
      throw new FrameFormatException("preface is " + header.kind + ", not " + expected);
    }
    if (header.totalLength != whole.length) {
      throw new FrameFormatException(
          "preface of " + header.totalLength + " bytes in " + whole.length);
    }
    return new FieldReader(whole, HEADER_BYTES, whole.length - trailerBytes);
  }

  /** A writer that has the header behind it; the length is set by {@link FieldWriter#toWhole}. */
  static FieldWriter begin(PrefaceKind kind) {
    return begin(MAGIC, kind.code());
  }

  static FieldWriter begin(int magic, int code) {
    FieldWriter out = new FieldWriter(MAX_PREFACE);
    out.i32(magic);
    out.u8("version", VERSION);
    out.u8("code", code);
    out.u16("total length", 0);
    return out;
  }
}

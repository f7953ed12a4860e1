package dev.belay.agent.wire;

import dev.belay.replicator.log.SessionId;
import java.nio.ByteBuffer;

/**
 * Reads the fields of one preface or frame in wire order, big-endian. Every length is checked
 * before it is read and every value before it is returned; {@link FieldWriter} writes nothing that
 * this rejects. One thread.
 */
final class FieldReader {

  private final ByteBuffer in;

  /** Over the bytes [from, to) of the array. */
  FieldReader(byte[] bytes, int from, int to) {
    in = ByteBuffer.wrap(bytes, from, to - from);
  }

  int u8(String field) throws FrameFormatException {
    need(field, Byte.BYTES);
    return Byte.toUnsignedInt(in.get());
  }

  int u16(String field) throws FrameFormatException {
    need(field, Short.BYTES);
    return Short.toUnsignedInt(in.getShort());
  }

  int i32(String field) throws FrameFormatException {
    need(field, Integer.BYTES);
    return in.getInt();
  }

  long i64(String field) throws FrameFormatException {
    need(field, Long.BYTES);
    return in.getLong();
  }

  /** A number in 0..2^63-1. */
  long position(String field) throws FrameFormatException {
    long position = i64(field);
    if (position < 0) {
      throw new FrameFormatException(field + " is negative: " + position);
    }
    return position;
  }

  /** A position that is not below another. */
  long positionFrom(String field, long least) throws FrameFormatException {
    long position = position(field);
    if (position < least) {
      throw new FrameFormatException(field + " is below " + least + ": " + position);
    }
    return position;
  }

  /** A position, or -1 for one that is not known. */
  long positionOrUnknown(String field) throws FrameFormatException {
    long position = i64(field);
    if (position < -1) {
      throw new FrameFormatException(field + " is negative: " + position);
    }
    return position;
  }

  /** A number in 0..2^31-1. */
  int epoch() throws FrameFormatException {
    int epoch = i32("epoch");
    if (epoch < 0) {
      throw new FrameFormatException("epoch is negative: " + epoch);
    }
    return epoch;
  }

  SessionId session() throws FrameFormatException {
    SessionId session = sessionOrAll();
    if (session.isZero()) {
      throw new FrameFormatException("session is zero");
    }
    return session;
  }

  SessionId sessionOrAll() throws FrameFormatException {
    need("session", SessionId.BYTES);
    return new SessionId(in.getLong(), in.getLong());
  }

  /** A byte in which only the known bits may be set. */
  int flags(int knownBits) throws FrameFormatException {
    int flags = u8("flags");
    if ((flags & ~knownBits) != 0) {
      throw new FrameFormatException("unknown flags: 0x" + Integer.toHexString(flags));
    }
    return flags;
  }

  Bytes bytes(String field, int length) throws FrameFormatException {
    need(field, length);
    Bytes bytes = Bytes.copyOf(in.array(), in.position(), length);
    in.position(in.position() + length);
    return bytes;
  }

  /** A length of one byte and as many bytes of UTF-8. */
  String text(String field, int minBytes, int maxBytes) throws FrameFormatException {
    int length = u8(field);
    if (length < minBytes || length > maxBytes) {
      throw new FrameFormatException("bad length of " + field + ": " + length);
    }
    need(field, length);
    String text = WireText.decode(field, in.array(), in.position(), length);
    in.position(in.position() + length);
    return text;
  }

  /** There must be nothing left. */
  void end() throws FrameFormatException {
    if (in.hasRemaining()) {
      throw new FrameFormatException(in.remaining() + " bytes too many");
    }
  }

  private void need(String field, int bytes) throws FrameFormatException {
    if (in.remaining() < bytes) {
      throw new FrameFormatException(
          field + " is cut off: " + in.remaining() + " bytes of " + bytes);
    }
  }
}

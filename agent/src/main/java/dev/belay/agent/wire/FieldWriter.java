package dev.belay.agent.wire;

import dev.belay.replicator.log.SessionId;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Writes fields in wire order, big-endian, into an array of its own. A value that {@link
 * FieldReader} would reject is a fault of this side: IllegalArgumentException. Allocates nothing
 * but for text and growth. One thread.
 */
final class FieldWriter {

  private static final int U8_MAX = 0xFF;
  private static final int U16_MAX = 0xFFFF;
  private static final int LENGTH_OFFSET = 6;

  private ByteBuffer out;

  FieldWriter(int capacity) {
    out = ByteBuffer.allocate(capacity);
  }

  int size() {
    return out.position();
  }

  byte[] array() {
    return out.array();
  }

  /** Goes on writing at this offset. */
  void resumeAt(int size) {
    out.position(size);
  }

  /** Makes room for as many bytes more. */
  void reserve(int bytes) {
    if (out.remaining() < bytes) {
      int capacity = Math.max(out.capacity() * 2, out.position() + bytes);
      out = ByteBuffer.wrap(Arrays.copyOf(out.array(), capacity)).position(out.position());
    }
  }

  void u8(String field, int value) {
    check(field, value, value >= 0 && value <= U8_MAX);
    out.put((byte) value);
  }

  void u16(String field, int value) {
    check(field, value, value >= 0 && value <= U16_MAX);
    out.putShort((short) value);
  }

  /** Overwrites two bytes that are already there. */
  void u16At(int offset, int value) {
    out.putShort(offset, (short) value);
  }

  void i32(int value) {
    out.putInt(value);
  }

  void i64(long value) {
    out.putLong(value);
  }

  void position(String field, long position) {
    check(field, position, position >= 0);
    out.putLong(position);
  }

  void range(String field, long from, long to) {
    position(field, from);
    check(field, to, to >= from);
    out.putLong(to);
  }

  void positionOrUnknown(String field, long position) {
    check(field, position, position >= -1);
    out.putLong(position);
  }

  void epoch(int epoch) {
    check("epoch", epoch, epoch >= 0);
    out.putInt(epoch);
  }

  void session(SessionId session) {
    check("session", 0, !session.isZero());
    sessionOrAll(session);
  }

  void sessionOrAll(SessionId session) {
    out.putLong(session.high());
    out.putLong(session.low());
  }

  void bytes(String field, Bytes bytes, int length) {
    check(field, bytes.length(), bytes.length() == length);
    out.put(bytes.toArray());
  }

  void text(String field, String text, int minBytes, int maxBytes) {
    byte[] bytes = WireText.encode(field, text);
    check(field, bytes.length, bytes.length >= minBytes && bytes.length <= maxBytes);
    out.put((byte) bytes.length);
    out.put(bytes);
  }

  /**
   * What was written as one preface or reply, its total length set, with so many zero bytes at its
   * end.
   */
  byte[] toWhole(int trailerBytes) {
    u16At(LENGTH_OFFSET, size() + trailerBytes);
    byte[] whole = new byte[size() + trailerBytes];
    System.arraycopy(array(), 0, whole, 0, size());
    return whole;
  }

  private static void check(String field, long value, boolean isLegal) {
    if (!isLegal) {
      throw new IllegalArgumentException("bad " + field + ": " + value);
    }
  }
}

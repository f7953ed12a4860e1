package dev.belay.it.programs;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Frames of the Ledger protocol: a length as u32, then so many bytes.
 *
 * <p>Takes a stream in pieces of any size and gives whole payloads. A length above {@value
 * #MAX_PAYLOAD} means that the stream is damaged. Confined to one thread at a time.
 */
final class Frames {
  static final int LENGTH_BYTES = 4;
  private static final int MAX_PAYLOAD = 1 << 20;

  private byte[] pending = new byte[1 << 10];
  private int pendingLength;

  /** A frame around a payload. */
  static byte[] frame(byte[] payload) {
    return ByteBuffer.allocate(LENGTH_BYTES + payload.length)
        .putInt(payload.length)
        .put(payload)
        .array();
  }

  /** Takes more of the stream; gives each payload that is whole now, in order. */
  void feed(byte[] bytes, int offset, int count, Consumer<byte[]> sink) {
    ensureRoom(count);
    System.arraycopy(bytes, offset, pending, pendingLength, count);
    pendingLength += count;
    int taken = 0;
    for (int end = endOfFrame(0); end <= pendingLength; end = endOfFrame(taken)) {
      sink.accept(Arrays.copyOfRange(pending, taken + LENGTH_BYTES, end));
      taken = end;
    }
    System.arraycopy(pending, taken, pending, 0, pendingLength - taken);
    pendingLength -= taken;
  }

  /** Whether the stream so far ends in the middle of a frame. */
  boolean isMidFrame() {
    return pendingLength > 0;
  }

  private int endOfFrame(int start) {
    if (start + LENGTH_BYTES > pendingLength) {
      return Integer.MAX_VALUE;
    }
    int length = ByteBuffer.wrap(pending).getInt(start);
    if (length < 0 || length > MAX_PAYLOAD) {
      throw new IllegalStateException("damaged stream: frame of " + length + " bytes");
    }
    return start + LENGTH_BYTES + length;
  }

  private void ensureRoom(int count) {
    if (pendingLength + count > pending.length) {
      pending = Arrays.copyOf(pending, Math.max(pendingLength + count, 2 * pending.length));
    }
  }
}

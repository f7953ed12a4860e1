package dev.belay.agent.wire;

import java.util.Arrays;

/**
 * Turns the bytes of one control link into frames: {@link #feed} what has arrived, then take {@link
 * #next} until there is none. At most 256 KiB wait to be taken; feeding more than {@link #room} is
 * a fault of the caller. After a rejection nothing that follows can be believed, and every call of
 * next repeats it. One thread.
 */
public final class FrameReader {

  /** Most bytes that wait. */
  public static final int LIMIT_BYTES = 256 * 1024;

  private static final int INITIAL_BYTES = 8 * 1024;

  private byte[] buffer = new byte[INITIAL_BYTES];
  private int start;
  private int end;
  private long skippedFrames;
  private FrameFormatException rejection;

  /** How many bytes may be fed now. After next has returned null: at least 128 KiB. */
  public int room() {
    return LIMIT_BYTES - (end - start);
  }

  /** Takes the bytes [offset, offset + length), which have arrived. */
  public void feed(byte[] bytes, int offset, int length) {
    if (length > room()) {
      throw new IllegalArgumentException("too many bytes: " + length + " room=" + room());
    }
    compact();
    if (buffer.length - end < length) {
      int capacity = Math.min(LIMIT_BYTES, Math.max(2 * buffer.length, end + length));
      buffer = Arrays.copyOf(buffer, capacity);
    }
    System.arraycopy(bytes, offset, buffer, end, length);
    end += length;
  }

  private void compact() {
    if (start == 0) {
      return;
    }
    System.arraycopy(buffer, start, buffer, 0, end - start);
    end -= start;
    start = 0;
  }

  /** The next frame of a known type, or null if more bytes are needed. */
  public Frame next() throws FrameFormatException {
    if (rejection != null) {
      throw rejection;
    }
    try {
      return nextKnown();
    } catch (FrameFormatException e) {
      rejection = e;
      throw e;
    }
  }

  private Frame nextKnown() throws FrameFormatException {
    while (end - start >= Frame.HEADER_BYTES) {
      int length = Byte.toUnsignedInt(buffer[start]) << 8 | Byte.toUnsignedInt(buffer[start + 1]);
      int type = Byte.toUnsignedInt(buffer[start + 2]);
      checkHeader(length, type);
      if (end - start < Frame.HEADER_BYTES + length) {
        return null;
      }
      int payload = start + Frame.HEADER_BYTES;
      start = payload + length;
      if (FrameType.isKnown(type)) {
        return Frame.decode(FrameType.of(type), buffer, payload, length);
      }
      skippedFrames++;
    }
    return null;
  }

  private static void checkHeader(int length, int type) throws FrameFormatException {
    if (type == 0 || length > Frame.MAX_PAYLOAD_BYTES) {
      throw new FrameFormatException("bad frame: type=" + type + " length=" + length);
    }
  }

  /** How many frames were of a type that this version does not know. */
  public long skippedFrames() {
    return skippedFrames;
  }
}

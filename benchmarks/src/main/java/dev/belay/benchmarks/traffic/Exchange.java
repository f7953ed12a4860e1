package dev.belay.benchmarks.traffic;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What a connection is for, in its first bytes. The server's output is a function of its input.
 *
 * @param sizeBytes of one write, or of one message
 * @param totalBytes of a bulk, or of the history before the first message
 */
record Exchange(Kind kind, int sizeBytes, long totalBytes) {
  /** Length on the wire. */
  static final int BYTES = 16;

  /** Most bytes of one write or message. */
  static final int MAX_SIZE_BYTES = 1 << 20;

  /** What the server does. */
  enum Kind {
    /** Sends {@code totalBytes} in writes of {@code sizeBytes}. */
    DOWN,
    /** Reads {@code totalBytes}, answers with one byte, over and over. */
    UP,
    /** The same once, then sends each message of {@code sizeBytes} back. */
    ECHO
  }

  ByteBuffer encode() {
    return ByteBuffer.allocate(BYTES)
        .putInt(kind.ordinal())
        .putInt(sizeBytes)
        .putLong(totalBytes)
        .flip();
  }

  static Exchange decode(ByteBuffer bytes) throws IOException {
    int kind = bytes.getInt();
    int sizeBytes = bytes.getInt();
    long totalBytes = bytes.getLong();
    boolean isSane = sizeBytes > 0 && sizeBytes <= MAX_SIZE_BYTES && totalBytes >= 0;
    if (kind < 0 || kind >= Kind.values().length || !isSane) {
      throw new IOException("not a request: kind=" + kind + " size=" + sizeBytes);
    }
    return new Exchange(Kind.values()[kind], sizeBytes, totalBytes);
  }

  /** Null at the end of the stream. */
  static Exchange read(DataInputStream in) throws IOException {
    byte[] bytes = in.readNBytes(BYTES);
    return bytes.length == BYTES ? decode(ByteBuffer.wrap(bytes)) : null;
  }
}

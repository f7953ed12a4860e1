package dev.belay.agent.session;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * CRC32C (RFC 3720 appendix B.4) of a stream that comes in pieces.
 *
 * <p>Invariant: {@link #value()} is that of the first {@link #position()} bytes, however they were
 * split. Not thread-safe: the caller holds the session's lock.
 */
public final class StreamChecksum {

  /** The checksum of no bytes. */
  public static final int EMPTY = 0;

  private final CRC32C crc = new CRC32C();
  private long position;

  /** Goes on over {@code length} bytes from {@code offset} on. */
  public void update(byte[] bytes, int offset, int length) {
    crc.update(bytes, offset, length);
    position += length;
  }

  /** Goes on over what remains in {@code bytes}, on the heap or not, and consumes it. */
  public void update(ByteBuffer bytes) {
    int length = bytes.remaining();
    crc.update(bytes);
    position += length;
  }

  /** The checksum up to {@code position}. */
  public int value() {
    return (int) crc.getValue();
  }

  /** Bytes seen since the start or the last reset. */
  public long position() {
    return position;
  }

  /** As new. */
  public void reset() {
    crc.reset();
    position = 0;
  }
}

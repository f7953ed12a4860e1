package dev.belay.replicator.log;

import java.util.Arrays;
import java.util.Objects;

/**
 * What one read of the server brought: {@code bytes} from {@code inPosition} on, at a time when
 * {@code outPosition} bytes had been written. The output position keeps the turns of the
 * conversation in a replay.
 *
 * <p>Invariant: at least one byte, no negative position. Immutable as long as nobody writes to
 * {@code bytes}: the array is handed over, not copied.
 *
 * @param kind what the bytes are
 * @param inPosition position of the first of them
 * @param outPosition bytes that the server had written by then
 * @param bytes not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // compared by content, see below
public record LogRecord(Kind kind, long inPosition, long outPosition, byte[] bytes) {

  /** What a record holds. Its place in the log is part of the format: add at the end only. */
  public enum Kind {
    /** Bytes that the client sent. */
    INPUT
  }

  /**
   * @throws IllegalArgumentException if a position is negative or there are no bytes
   */
  public LogRecord {
    Objects.requireNonNull(kind);
    if (inPosition < 0 || outPosition < 0 || bytes.length == 0) {
      throw new IllegalArgumentException(
          String.format(
              "no log record: in=%d out=%d length=%d", inPosition, outPosition, bytes.length));
    }
  }

  /** The position behind the last byte. */
  public long endPosition() {
    return inPosition + bytes.length;
  }

  /**
   * This record without the bytes before {@code position}; itself if there are none.
   *
   * @throws IllegalArgumentException if none would be left
   */
  public LogRecord from(long position) {
    if (position <= inPosition) {
      return this;
    }
    if (position >= endPosition()) {
      throw new IllegalArgumentException(
          "position behind the record: wanted=" + position + " end=" + endPosition());
    }
    int skipped = (int) (position - inPosition);
    byte[] rest = Arrays.copyOfRange(bytes, skipped, bytes.length);
    return new LogRecord(kind, position, outPosition, rest);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LogRecord that
        && kind == that.kind
        && inPosition == that.inPosition
        && outPosition == that.outPosition
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Objects.hash(kind, inPosition, outPosition, Arrays.hashCode(bytes));
  }

  /** Kind, positions and length; never the bytes, which are the application's. */
  @Override
  public String toString() {
    return String.format("%s in=%d out=%d length=%d", kind, inPosition, outPosition, bytes.length);
  }
}

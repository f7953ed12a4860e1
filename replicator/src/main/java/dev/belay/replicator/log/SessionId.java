package dev.belay.replicator.log;

import java.util.HexFormat;

/**
 * The name of a session: 128 bits that its client has chosen. Immutable.
 *
 * @param high the first eight bytes
 * @param low the last eight bytes
 */
public record SessionId(long high, long low) {

  /** Length in bytes. */
  public static final int BYTES = 16;

  /** The id of no session. */
  public static final SessionId ZERO = new SessionId(0, 0);

  private static final int SHORT_LENGTH = 8;

  /** Whether this is {@link #ZERO}. */
  public boolean isZero() {
    return (high | low) == 0;
  }

  /** The first 8 hexadecimal digits, for logs. */
  public String shortString() {
    return HexFormat.of().toHexDigits(high).substring(0, SHORT_LENGTH);
  }

  // Written out: a record's own are linked by invokedynamic, whose first use costs milliseconds.

  @Override
  public boolean equals(Object other) {
    return other instanceof SessionId that && high == that.high && low == that.low;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(high ^ low);
  }

  /** 32 hexadecimal digits. */
  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(high) + hex.toHexDigits(low);
  }
}

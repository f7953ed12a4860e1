package dev.belay.replicator.log;

import java.util.HexFormat;

/**
 * The name of a session: 128 random bits chosen by its client. Immutable.
 *
 * @param high the first eight bytes
 * @param low the last eight bytes
 */
public record SessionId(long high, long low) {

  private static final int SHORT_LENGTH = 8;

  /** The first digits and two dots, for messages. */
  public String shortString() {
    return HexFormat.of().toHexDigits(high).substring(0, SHORT_LENGTH) + "..";
  }

  /** 32 hexadecimal digits. */
  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(high) + hex.toHexDigits(low);
  }
}

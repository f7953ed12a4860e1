package dev.belay.agent.wire;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * The name of a session: 128 bits that follow from its key, so that only who has the key can use
 * the name. Never all zero.
 *
 * @param high the first eight bytes on the wire
 * @param low the last eight bytes on the wire
 */
public record SessionId(long high, long low) {

  /** Length on the wire. */
  public static final int BYTES = 16;

  /** The id of no session; in a MOVE it stands for all of them. */
  public static final SessionId ZERO = new SessionId(0, 0);

  private static final int SHORT_LENGTH = 8;

  /** The id of the session with that key: the first 16 bytes of its SHA-256. */
  public static SessionId ofKey(Bytes sessionKey) {
    ByteBuffer hash = ByteBuffer.wrap(Handshake.sha256(sessionKey.toArray()));
    return new SessionId(hash.getLong(), hash.getLong());
  }

  /** An id of no key, for what needs none. */
  public static SessionId random(RandomGenerator random) {
    SessionId id;
    do {
      id = new SessionId(random.nextLong(), random.nextLong());
    } while (id.isZero());
    return id;
  }

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

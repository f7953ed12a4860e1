package dev.belay.agent.wire;

import dev.belay.replicator.log.SessionId;
import java.nio.ByteBuffer;

/**
 * What a client sends first on a data link; the application's raw bytes follow. Both kinds begin
 * alike and end with the MAC.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |                                                               |  0
 * +                        preface header                         +
 * |                                                               |
 * +---------------------------------------------------------------+
 * |                                                               |  8
 * +                            pair id                            +
 * |                                                               |
 * +---------------------------------------------------------------+
 * |                                                               | 16
 * +                          link number                          +
 * |                                                               |
 * +---------------------------------------------------------------+
 * |                                                               | 24
 * +                                                               +
 * |                          session id                           |
 * +                                                               +
 * |                                                               |
 * +                                                               +
 * |                                                               |
 * +---------------------------------------------------------------+
 * |                             epoch                             | 40
 * +---------------------------------------------------------------+
 * |                                                               | 44
 * +                                                               +
 * |              sealed key: the session's key XOR                |
 * +                  HMAC-SHA-256(key of the pair,                +
 * |     "belay session v1", session id, link number, kind)        |
 * +                                                               +
 * |                                                               |
 * +                                                               +
 * |                                                               |
 * +                                                               +
 * |                                                               |
 * +                                                               +
 * |                                                               |
 * +                                                               +
 * |                                                               |
 * +---------------------------------------------------------------+
 * |                        of this kind ...                       | 76
 * +---------------------------------------------------------------+
 * |                                                               | total length - 16
 * +                                                               +
 * |    MAC: HMAC-SHA-256(key, server nonce, all the preceding),   |
 * +                        first 16 bytes                         +
 * |                                                               |
 * +                                                               +
 * |                                                               |
 * +---------------------------------------------------------------+
 * </pre>
 */
public sealed interface DataPreface permits OpenPreface, ResumePreface {

  /** Longest name of a service, in bytes of UTF-8. */
  int MAX_SERVICE_BYTES = 64;

  /** Length of the part in which both kinds begin alike, and of the MAC. */
  int MIN_BYTES = 44 + PairKeys.KEY_BYTES + PairKeys.MAC_BYTES;

  /** The pair that the MAC's key belongs to. */
  long pairId();

  /** Chosen by the client, never twice in a pair: see {@link LinkNumberWindow}. */
  long linkNumber();

  /** The session that the link is for. */
  SessionId session();

  /** The incarnation of the server that the client wants to talk to. */
  int epoch();

  /** The key that the session has had since it was opened, sealed: see {@link PairKeys#seal}. */
  Bytes sealedKey();

  /** OPEN or RESUME. */
  PrefaceKind kind();

  /** The session's key, from a preface that verifies with these keys. */
  default Bytes sessionKey(PairKeys keys) {
    return keys.seal(sealedKey(), session(), linkNumber(), kind());
  }

  /** Whether the session's id is that of its key: else the sender does not have the key. */
  default boolean hasIdOfKey(PairKeys keys) {
    return Handshake.sessionOf(sessionKey(keys)).equals(session());
  }

  /** The name of the service, 1..64 bytes of UTF-8. */
  String service();

  /** The preface on the wire, with its MAC. */
  byte[] encode(PairKeys keys);

  /**
   * The preface in these bytes, of whichever kind. The MAC is not checked: {@link #verify} first.
   */
  static DataPreface decode(byte[] whole) throws FrameFormatException {
    PrefaceKind kind = PrefaceHeader.decode(ByteBuffer.wrap(whole)).kind();
    return switch (kind) {
      case OPEN -> OpenPreface.decode(whole);
      case RESUME -> ResumePreface.decode(whole);
      case CONTROL -> throw new FrameFormatException("preface of a control link on a data link");
    };
  }

  /**
   * Whether the MAC is the one of these keys, in constant time. False too for what is too short to
   * have one.
   */
  static boolean verify(byte[] whole, PairKeys keys) {
    if (whole.length < MIN_BYTES) {
      return false;
    }
    return Seal.isIntact(whole, keys.macOfPreface(whole));
  }

  /** The pair that the preface claims, so that its keys can be found to verify the rest. */
  static long pairIdOf(byte[] whole) throws FrameFormatException {
    if (whole.length < MIN_BYTES) {
      throw new FrameFormatException("data preface is short: " + whole.length + " bytes");
    }
    return new FieldReader(whole, PrefaceHeader.HEADER_BYTES, whole.length).i64("pair id");
  }
}

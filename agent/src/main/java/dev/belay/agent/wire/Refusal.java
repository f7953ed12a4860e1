package dev.belay.agent.wire;

/**
 * Why a door refuses a link, and why a session is aborted. On the wire a code of 16 bits; codes are
 * never reused.
 */
public enum Refusal {
  /** The code is none of those below: said by a newer peer. */
  UNSPECIFIED(0, "unspecified reason", false),
  /** No protected port of that name is open here. */
  NO_SUCH_SERVICE(1, "no such service", false),
  /** Neither alive here nor in the log. */
  SESSION_UNKNOWN(2, "session unknown", false),
  /** The pair is known, the MAC is not that of its key. */
  BAD_MAC(3, "bad mac", true),
  /** No control link made this pair, or it is gone: make a new one. */
  UNKNOWN_PAIR(4, "unknown pair", true),
  /** A later incarnation of the session exists. */
  STALE_EPOCH(5, "stale epoch", false),
  /** Bytes that the peer lacks have left the ring, and replay is not possible. */
  RING_EXHAUSTED(6, "ring exhausted", false),
  /** The input log no longer begins where a replay has to. */
  LOG_TRUNCATED(7, "log truncated", false),
  /** The replayed output differs from what the client has read. */
  DIVERGED(8, "diverged", false),
  /** Not now: try again, or elsewhere. */
  BUSY(9, "busy", true),
  /** One side has a secret configured and the other has none. */
  SECRET_REQUIRED(10, "secret required", false),
  /** The proof of the secret is wrong. */
  BAD_SECRET(11, "bad secret", false),
  /** This server takes no more links: go elsewhere. */
  SHUTTING_DOWN(12, "shutting down", true),
  /** The preface is malformed. */
  BAD_PREFACE(13, "bad preface", true),
  /** The link number has been used, or is too old to tell. */
  REPLAYED_LINK_NUMBER(14, "replayed link number", false);

  private static final Refusal[] BY_CODE = values();

  private final int code;
  private final String text;
  private final boolean allowedUnsigned;

  Refusal(int code, String text, boolean allowedUnsigned) {
    this.code = code;
    this.text = text;
    this.allowedUnsigned = allowedUnsigned;
  }

  /** The refusal of that code; {@link #UNSPECIFIED} for a code that this version does not know. */
  public static Refusal of(int code) {
    // The codes are the ordinals; a test holds that.
    return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : UNSPECIFIED;
  }

  /** The code on the wire, 0..65535. */
  public int code() {
    return code;
  }

  /** The reason in lower case, for logs. */
  public String text() {
    return text;
  }

  /**
   * Whether a door may say so without a key. None of these is a verdict on a session: whoever
   * forges one delays a resume, as they could by cutting the link.
   */
  public boolean isAllowedUnsigned() {
    return allowedUnsigned;
  }
}

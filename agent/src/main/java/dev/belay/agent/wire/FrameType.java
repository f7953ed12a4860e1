package dev.belay.agent.wire;

/**
 * The types of control frames. Codes are never reused; 0 is never one, so that a run of zeros is
 * rejected at once.
 */
public enum FrameType {
  /** {@link Frame.Heartbeat}. */
  HEARTBEAT(1),
  /** {@link Frame.Received}. */
  RECEIVED(2),
  /** {@link Frame.Durable}. */
  DURABLE(3),
  /** {@link Frame.Fin}. */
  FIN(4),
  /** {@link Frame.Abort}. */
  ABORT(5),
  /** {@link Frame.Group}. */
  GROUP(6),
  /** {@link Frame.Move}. */
  MOVE(7),
  /** {@link Frame.LinkLost}. */
  LINK_LOST(8),
  /** {@link Frame.Goodbye}. */
  GOODBYE(9),
  /** {@link Frame.Proof}. */
  PROOF(10),
  /** {@link Frame.Identity}. */
  IDENTITY(11),
  /** {@link Frame.Sent}. */
  SENT(12),
  /** {@link Frame.Compare}. */
  COMPARE(13),
  /** {@link Frame.Switch}. */
  SWITCH(14),
  /** {@link Frame.Moved}. */
  MOVED(15),
  /** {@link Frame.Stays}. */
  STAYS(16),
  /** {@link Frame.Near}. */
  NEAR(17),
  /** {@link Frame.EndKnown}. */
  END_KNOWN(18),
  /** {@link Frame.Reserve}. */
  RESERVE(19),
  /** {@link Frame.Reserved}. */
  RESERVED(20),
  /** {@link Frame.Release}. */
  RELEASE(21),
  /** {@link Frame.Released}. */
  RELEASED(22);

  private static final FrameType[] ALL = values();

  private final int code;

  FrameType(int code) {
    this.code = code;
  }

  /** Whether this version knows the type. */
  static boolean isKnown(int code) {
    // The codes are the ordinals plus one; a test holds that.
    return code >= 1 && code <= ALL.length;
  }

  /** The type of a code that {@link #isKnown}. */
  static FrameType of(int code) {
    return ALL[code - 1];
  }

  /** The code on the wire. */
  public int code() {
    return code;
  }
}

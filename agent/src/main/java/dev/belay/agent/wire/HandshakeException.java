package dev.belay.agent.wire;

/**
 * Well-formed hellos that led to no pair: the peer refused, or it is not the peer it has to be. No
 * control link, then.
 */
public final class HandshakeException extends Exception {

  private static final long serialVersionUID = 1L;

  private final int reason;

  /** A failure found on this side. */
  public HandshakeException(Refusal refusal, String message) {
    this(refusal.code(), message);
  }

  /** A failure reported by the peer, whose reason may be one that this version does not know. */
  public HandshakeException(int reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** The code of the {@link Refusal}. */
  public int reason() {
    return reason;
  }
}

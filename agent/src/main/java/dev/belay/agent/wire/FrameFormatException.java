package dev.belay.agent.wire;

/**
 * The bytes are not what the protocol allows: the link they came from says nothing that can be
 * believed any more and is to be closed.
 */
public final class FrameFormatException extends Exception {

  private static final long serialVersionUID = 1L;

  /** A rejection; the message is in lower case and names the field and its value. */
  public FrameFormatException(String message) {
    super(message);
  }

  /** A rejection found by the JDK. */
  public FrameFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}

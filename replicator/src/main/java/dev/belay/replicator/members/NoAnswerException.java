package dev.belay.replicator.members;

/**
 * A member has not answered, or there is none to ask. Whoever catches it must believe that the
 * outcome is unknown.
 *
 * <p>Immutable.
 */
public final class NoAnswerException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  NoAnswerException(String message) {
    super(message);
  }

  NoAnswerException(String message, Throwable cause) {
    super(message, cause);
  }
}

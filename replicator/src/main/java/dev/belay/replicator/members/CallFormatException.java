package dev.belay.replicator.members;

/**
 * Bytes that are no message of ours. Whoever catches it must believe that none of them counts.
 *
 * <p>Immutable.
 */
public final class CallFormatException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  CallFormatException(String message) {
    super(message);
  }
}

package dev.belay.replicator.members;

import dev.belay.replicator.log.SessionId;

/**
 * What a holder gave back is not what was sealed. Whoever catches it must believe nothing of it.
 *
 * <p>Immutable.
 */
public final class SealBrokenException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  SealBrokenException(SessionId id, String what, Throwable cause) {
    super("log does not open: " + what + " session=" + id.shortString(), cause);
  }
}

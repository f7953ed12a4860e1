package dev.belay.replicator.log;

/**
 * The session is not in the log: never opened, closed or expired. Whoever catches it must believe
 * that it cannot be continued from here.
 *
 * <p>Immutable.
 */
public final class SessionUnknownException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** There is no {@code session}. */
  public SessionUnknownException(SessionId session) {
    super("session unknown: session=" + session.shortString());
  }
}

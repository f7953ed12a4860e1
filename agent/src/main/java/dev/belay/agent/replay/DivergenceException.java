package dev.belay.agent.replay;

/**
 * The replayed output is not what the client has already received. Whoever catches it must believe
 * that this handler cannot take the session over: nothing of its output may reach the client.
 *
 * <p>Immutable.
 */
public final class DivergenceException extends Exception {

  private static final long serialVersionUID = 1L;

  private final long position;

  private DivergenceException(long position, String facts) {
    super("diverged: position=" + position + " " + facts);
    this.position = position;
  }

  static DivergenceException ofChecksum(long position, int expected, int actual) {
    return new DivergenceException(
        position, String.format("expected=%08x actual=%08x", expected, actual));
  }

  static DivergenceException ofEnd(long position, long suppressUntil) {
    return new DivergenceException(position, "ended-before=" + suppressUntil);
  }

  /** The output position at which it was found; the first wrong byte lies before it. */
  public long position() {
    return position;
  }
}

package dev.belay.agent.session;

/**
 * The bytes asked for are no longer held. Whoever catches it must believe that the stream cannot be
 * continued from here, only by other means (a replay) or not at all.
 *
 * <p>Invariant: {@code wantedPosition() < startPosition() <= endPosition()}. Immutable.
 */
public final class LogTruncatedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final long wantedPosition;
  private final long startPosition;
  private final long endPosition;

  /** Wanted was {@code wantedPosition}, held is {@code [startPosition, endPosition)}. */
  public LogTruncatedException(long wantedPosition, long startPosition, long endPosition) {
    super(
        "log truncated: wanted="
            + wantedPosition
            + " start="
            + startPosition
            + " end="
            + endPosition);
    this.wantedPosition = wantedPosition;
    this.startPosition = startPosition;
    this.endPosition = endPosition;
  }

  /** The position that was asked for. */
  public long wantedPosition() {
    return wantedPosition;
  }

  /** The first position that was held. */
  public long startPosition() {
    return startPosition;
  }

  /** The position behind the last byte that was held. */
  public long endPosition() {
    return endPosition;
  }
}

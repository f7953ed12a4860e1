package dev.belay.replicator.log;

/**
 * The input asked for has been trimmed. Whoever catches it must believe that a replay from that
 * position is impossible.
 *
 * <p>Immutable.
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

  /** The position asked for. */
  public long wantedPosition() {
    return wantedPosition;
  }

  /** The first position that is held. */
  public long startPosition() {
    return startPosition;
  }

  /** The position behind the last one that is held. */
  public long endPosition() {
    return endPosition;
  }
}

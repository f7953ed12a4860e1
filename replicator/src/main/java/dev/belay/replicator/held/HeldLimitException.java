package dev.belay.replicator.held;

/**
 * The holder has no room for more. Whoever catches it must believe that nothing was appended.
 *
 * <p>Immutable.
 */
public final class HeldLimitException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** {@code wantedBytes} more than {@code limitBytes} in all. */
  public HeldLimitException(long heldBytes, long wantedBytes, long limitBytes) {
    super("holder full: held=" + heldBytes + " wanted=" + wantedBytes + " limit=" + limitBytes);
  }
}

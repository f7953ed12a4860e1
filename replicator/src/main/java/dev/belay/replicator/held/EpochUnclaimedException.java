package dev.belay.replicator.held;

import dev.belay.replicator.log.Epoch;
import dev.belay.replicator.log.SessionRecord;

/**
 * An epoch higher than the holder knows of. Whoever catches it must believe that either the caller
 * never claimed it, or the holder was not there when it did.
 *
 * <p>Immutable.
 */
public final class EpochUnclaimedException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  /** {@code epoch} is not that of {@code held}. */
  public EpochUnclaimedException(Epoch epoch, SessionRecord held) {
    super("epoch never claimed: epoch=" + epoch + " of " + held);
  }
}

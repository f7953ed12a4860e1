package dev.belay.replicator.log;

/**
 * A newer incarnation of the session's server has the say. Whoever catches it must believe that
 * nothing it does for this session counts any more: it must stop serving it and must not
 * acknowledge anything.
 *
 * <p>Immutable.
 */
public final class FencedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int theirsNumber;
  private final int oursNumber;

  /** The caller came with {@code theirs}, the log is at {@code ours}. */
  public FencedException(SessionId session, Epoch theirs, Epoch ours) {
    super("stale epoch: theirs=" + theirs + " ours=" + ours + " session=" + session.shortString());
    this.theirsNumber = theirs.number();
    this.oursNumber = ours.number();
  }

  /** The epoch that the caller came with. */
  public Epoch theirs() {
    return new Epoch(theirsNumber);
  }

  /** The epoch that the log is at. */
  public Epoch ours() {
    return new Epoch(oursNumber);
  }
}

package dev.belay.agent.descriptor;

/**
 * What a guarded descriptor tells the owner of its session. Called on application threads as well
 * as on the event loop, some with the descriptor's lock held; must not block.
 */
public interface LinkEvents {
  /** The link is gone and the descriptor parked; {@code cause} in a few words for the log. */
  void linkLost(String cause);

  /**
   * The link is at its end, and nobody has said so far that the stream is: the reader's own thread
   * may find out what the peer has said by now.
   */
  default void inputEnds() {}

  /**
   * The link came to its end though the peer's application has not said so (yet): the descriptor is
   * parked and the link kept; {@link GuardedDescriptor#unsuspend} or {@link
   * GuardedDescriptor#loseSuspended} decides.
   */
  void inputSuspended();

  /**
   * The application ended its output.
   *
   * @param isClosing by a close that is under way: it reads no more either
   */
  void outputEnded(boolean isClosing);

  /** The application closed the descriptor; {@code abortive}: with linger 0. */
  void closed(boolean abortive);

  /** The descriptor could not be given what it needs; it throws "connection reset" from now on. */
  void broken(String cause);

  /** All that was to be sent before the application's own writes has been sent. */
  void pumped();
}

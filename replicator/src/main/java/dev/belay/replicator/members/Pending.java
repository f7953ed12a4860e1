package dev.belay.replicator.members;

/**
 * A call that waits for its turn, or for its answer. Exactly one of {@link #answered} and {@link
 * #failed} ends it. The log's thread only.
 */
interface Pending {

  /** As it is to be sent now; sealed only here, so that what is cut before is sealed once. */
  Call call();

  /** Bytes that it takes, roughly. */
  int bytes();

  /**
   * The holder's answer.
   *
   * @return whether it is over; if not, it is sent again
   */
  boolean answered(Answer answer);

  /** The outcome is unknown. */
  void failed(RuntimeException failure);
}

package dev.belay.agent.control;

/** One role of this JVM, client or server, as its loop drives it. Loop thread, unless said. */
public interface Side {
  /**
   * Tells peers how far their bytes have come.
   *
   * @param each every position that is not told yet, in place of those that are far ahead
   */
  void acknowledge(boolean each);

  /** Tells peers that this JVM lives. */
  void pulse();

  /**
   * Hears whether peers beat.
   *
   * @param pausedNs for how long this JVM has not listened since the last time
   */
  void judge(long nowNs, long pausedNs);

  /** Gives back what idle sessions do not need. */
  void trim();

  /** A view that any thread may walk through. */
  Iterable<? extends Endpoint> sessions();
}

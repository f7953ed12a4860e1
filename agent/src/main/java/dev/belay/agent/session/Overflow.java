package dev.belay.agent.session;

/**
 * What a {@link Retention} does with bytes beyond its limit or the budget. A constant, so any
 * thread.
 */
public enum Overflow {

  /** Takes none of them and says so: for bytes that must not be missing from the log. */
  REFUSE,

  /**
   * Takes them and forgets the oldest: for bytes that make a resume cheaper but can be had again by
   * a replay.
   */
  DROP_OLDEST
}

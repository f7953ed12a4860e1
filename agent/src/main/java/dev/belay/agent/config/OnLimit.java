package dev.belay.agent.config;

/** What happens to a session whose input log has reached its limit. */
public enum OnLimit {
  /** It goes on without failover; warned and counted. */
  DEMOTE,
  /** Its client's application has to wait until others hold enough of the log. */
  BLOCK
}

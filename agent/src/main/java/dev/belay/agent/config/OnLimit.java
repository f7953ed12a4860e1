package dev.belay.agent.config;

/** What happens to a session whose input log has reached its limit. */
public enum OnLimit {
  /** It goes on without failover; warned and counted. */
  DEMOTE,
  /** Its client has to wait until the log can be cut. */
  BLOCK
}

package dev.belay.agent.config;

/** What happens to a session whose replayed output differs from what its client has. */
public enum Divergence {
  /** The connection is reset. */
  ABORT,
  /** The session goes on live; counted. */
  CONTINUE
}

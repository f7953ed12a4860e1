package dev.belay.agent.report;

/** How much the agent says, from nothing to everything. */
public enum LogLevel {
  /** Nothing at all. */
  OFF,
  /** A session was lost, or the agent cannot work. */
  ERROR,
  /** Something is not protected that was meant to be. */
  WARN,
  /** Starts, takeovers, resumes, refusals. */
  INFO,
  /** Everything, with the stack of each exception. */
  DEBUG
}

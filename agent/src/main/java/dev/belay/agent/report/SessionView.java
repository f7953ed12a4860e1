package dev.belay.agent.report;

/**
 * One session as reports see it. Read by any thread at any time; values may be of slightly
 * different moments.
 */
public interface SessionView {

  /** The 128-bit id in hexadecimal. */
  String id();

  /** The service's name. */
  String service();

  /** The session's state, in words of the glossary. */
  String state();

  /** The number of its current server incarnation. */
  long epoch();

  /** The other end: {@code host:port} of its application. */
  String peer();

  /** Bytes from client to server since the session began. */
  long inPosition();

  /** Bytes from server to client since the session began. */
  long outPosition();

  /** Bytes of its input log and buffers held in this JVM. */
  long logBytes();

  /** Takeovers by another server. */
  long failovers();

  /** The in position up to which the log survives the session's server. */
  default long durablePosition() {
    return inPosition();
  }

  /** Resumes on the same server. */
  default long resumes() {
    return 0;
  }

  /** Bytes of input fed to a fresh handler. */
  default long replayedBytes() {
    return 0;
  }

  /** Bytes of output that the client had already. */
  default long suppressedBytes() {
    return 0;
  }

  /** Replays of it whose output differed. */
  default long divergences() {
    return 0;
  }

  /** How often its input log was given up: from the first time on it may not survive its server. */
  default long demotions() {
    return 0;
  }

  /** How long its last takeover or resume took; -1 when there was none. */
  default long lastFailoverMs() {
    return Metrics.NO_FAILOVER;
  }
}

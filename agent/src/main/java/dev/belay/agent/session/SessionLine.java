package dev.belay.agent.session;

/**
 * A line for the log about one session: what happened, then facts as {@code name=value}, in the
 * order in which they are given.
 */
public final class SessionLine {
  private final StringBuilder text = new StringBuilder(160);

  private SessionLine(String what) {
    text.append(what).append(':');
  }

  /** Names the session, and the service that it belongs to. */
  public static SessionLine of(String what, Session session) {
    return new SessionLine(what).with("service", session.service()).with("session", session.id());
  }

  public SessionLine with(String name, Object value) {
    text.append(' ').append(name).append('=').append(value);
    return this;
  }

  public SessionLine with(String name, long value) {
    text.append(' ').append(name).append('=').append(value);
    return this;
  }

  /** As it is, behind all the rest. */
  public String and(String rest) {
    return text + rest;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}

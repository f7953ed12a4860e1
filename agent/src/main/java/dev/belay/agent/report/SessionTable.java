package dev.belay.agent.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The rows of {@link SessionsMXBean}, made when somebody asks. Any thread. */
final class SessionTable implements SessionsMXBean {

  private final Supplier<List<SessionView>> sessions;

  SessionTable(Supplier<List<SessionView>> sessions) {
    this.sessions = sessions;
  }

  @Override
  public List<SessionRow> getSessions() {
    List<SessionRow> rows = new ArrayList<>();
    for (SessionView session : sessions.get()) {
      rows.add(new SessionRow(session));
    }
    return rows;
  }
}

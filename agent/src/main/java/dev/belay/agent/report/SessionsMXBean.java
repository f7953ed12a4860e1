package dev.belay.agent.report;

import java.util.List;

/**
 * The live sessions as one table, under {@code dev.belay:type=Sessions}: ten thousand sessions are
 * ten thousand rows when somebody asks, and nothing when nobody does.
 */
public interface SessionsMXBean {

  /** One row for each live session. */
  List<SessionRow> getSessions();
}

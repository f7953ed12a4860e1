package dev.belay.agent.replay;

import dev.belay.agent.loop.EventLoop;
import dev.belay.replicator.log.LogRecord;
import dev.belay.replicator.log.SessionId;
import dev.belay.replicator.log.SessionLog;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Reads what members hold of a session into a feed, up to the position at which the client goes on.
 *
 * <p>Invariant: one read at a time; what it brings is offered in order, without a gap. Loop thread.
 */
public final class LoggedTurns {
  private static final int READ_BYTES = 256 << 10;

  private final SessionLog log;
  private final SessionId id;
  private final long endPosition;
  private final EventLoop loop;
  private long position;
  private boolean isReading;
  private String failure;

  /** Of a log that was claimed, or looked at, and holds the input to {@code endPosition}. */
  public LoggedTurns(SessionLog log, SessionId id, long endPosition, EventLoop loop) {
    this.log = log;
    this.id = id;
    this.endPosition = endPosition;
    this.loop = loop;
  }

  /** Nothing is held: everything comes from the client. */
  public static LoggedTurns none() {
    return new LoggedTurns(null, null, 0, null);
  }

  /** True when everything has been offered. */
  boolean isDone() {
    return position == endPosition;
  }

  /**
   * Asks for more when the feed wants it.
   *
   * @param onMore called on the loop when something has come
   * @throws IOException when the log does not answer as it should
   */
  void read(ReplayFeed feed, Runnable onMore) throws IOException {
    if (failure != null) {
      throw new IOException("log cannot be read: in=" + position + " cause=" + failure);
    }
    if (isReading || isDone() || !feed.wantsMore()) {
      return;
    }
    isReading = true;
    log.read(id, position, READ_BYTES)
        .whenComplete(
            (records, error) ->
                loop.execute(
                    () -> {
                      isReading = false;
                      if (error == null) {
                        offer(records, feed);
                      } else {
                        failure = String.valueOf(error.getMessage());
                      }
                      onMore.run();
                    }));
  }

  private void offer(List<LogRecord> records, ReplayFeed feed) {
    for (LogRecord record : records) {
      if (record.inPosition() != position) {
        failure = "not what follows: " + record;
        return;
      }
      // A log that was only looked at has grown: the client goes on from the end that was seen.
      long end = Math.min(record.endPosition(), endPosition);
      feed.offer(record.outPosition(), Arrays.copyOf(record.bytes(), (int) (end - position)));
      position = end;
      if (isDone()) {
        return;
      }
    }
    if (records.isEmpty()) {
      failure = "ends before " + endPosition;
    }
  }
}

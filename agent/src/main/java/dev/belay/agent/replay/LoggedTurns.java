package dev.belay.agent.replay;

import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.session.InputLog;
import dev.belay.replicator.log.LogRecord;
import dev.belay.replicator.log.SessionId;
import dev.belay.replicator.log.SessionLog;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Reads what members hold of a session into a feed, up to the position at which the client goes on.
 *
 * <p>A handler may take long for it, and the member that holds it may be lost meanwhile. So all of
 * it is first copied here, as fast as it comes, and the handler is fed from the copy; what the copy
 * has no room for is read when the handler gets that far.
 *
 * <p>Invariant: one read at a time; what it brings is offered in order, without a gap. Loop thread.
 */
public final class LoggedTurns {
  private static final int READ_BYTES = 256 << 10;

  /** What the members hold: claimed, or looked at, and to be read to {@code endPosition}. */
  public record Held(SessionLog log, SessionId id, long endPosition) {}

  private final Held held;
  private final InputLog copy;
  private final EventLoop loop;
  private long position;
  private long copiedPosition;
  private boolean isCopying;
  private boolean isReading;
  private String failure;

  /**
   * @param copy this server's own, empty; or null for none
   */
  public LoggedTurns(Held held, InputLog copy, EventLoop loop) {
    this.held = held;
    this.copy = copy;
    this.loop = loop;
    this.isCopying = copy != null;
  }

  /** Nothing is held: everything comes from the client. */
  public static LoggedTurns none() {
    return new LoggedTurns(new Held(null, null, 0), null, null);
  }

  /** True when everything has been offered. */
  boolean isDone() {
    return position == held.endPosition;
  }

  /**
   * Offers what the feed wants, and asks for more.
   *
   * @param onMore called on the loop when something has come
   * @throws IOException when the log does not answer as it should
   */
  void read(ReplayFeed feed, Runnable onMore) throws IOException {
    offerCopied(feed);
    if (failure != null && position >= copiedPosition) {
      throw new IOException("log cannot be read: in=" + position + " cause=" + failure);
    }
    if (!isReading && failure == null && isMoreWanted(feed)) {
      isReading = true;
      long from = Math.max(position, copiedPosition);
      held.log
          .read(held.id, from, READ_BYTES)
          .whenComplete(
              (records, error) ->
                  loop.execute(
                      () -> {
                        isReading = false;
                        if (error == null) {
                          take(records, feed);
                        } else {
                          failure = String.valueOf(error.getMessage());
                        }
                        onMore.run();
                      }));
    }
  }

  private boolean isMoreWanted(ReplayFeed feed) {
    return isCopying
        ? copiedPosition < held.endPosition
        : position >= copiedPosition && !isDone() && feed.wantsMore();
  }

  private void take(List<LogRecord> records, ReplayFeed feed) {
    long next = Math.max(position, copiedPosition);
    for (LogRecord record : records) {
      if (record.inPosition() != next) {
        failure = "not what follows: " + record;
        return;
      }
      if (next == held.endPosition) {
        return;
      }
      LogRecord wanted = upTo(record, held.endPosition);
      next = wanted.endPosition();
      if (isCopying && copy.appendAhead(wanted)) {
        copiedPosition = next;
      } else if (position < copiedPosition) {
        isCopying = false; // it is read again when the handler gets there
        return;
      } else {
        isCopying = false;
        offer(wanted, feed);
      }
    }
    if (records.isEmpty()) {
      failure = "ends before " + held.endPosition;
    }
  }

  /** A log that was only looked at has grown: the client goes on from the end that was seen. */
  private static LogRecord upTo(LogRecord record, long endPosition) {
    if (record.endPosition() <= endPosition) {
      return record;
    }
    int length = (int) (endPosition - record.inPosition());
    byte[] bytes = Arrays.copyOf(record.bytes(), length);
    return new LogRecord(record.kind(), record.inPosition(), record.outPosition(), bytes);
  }

  private void offerCopied(ReplayFeed feed) {
    while (position < copiedPosition && feed.wantsMore()) {
      int length = (int) Math.min(READ_BYTES, copiedPosition - position);
      List<LogRecord> records = copy.recordsFrom(position, length);
      if (records.isEmpty()) {
        failure = "the copy is gone";
        copiedPosition = position;
        return;
      }
      for (LogRecord record : records) {
        offer(record, feed);
      }
    }
  }

  private void offer(LogRecord record, ReplayFeed feed) {
    feed.offer(record.outPosition(), record.bytes());
    position = record.endPosition();
  }
}

package dev.belay.replicator.memory;

import dev.belay.replicator.log.Epoch;
import dev.belay.replicator.log.FencedException;
import dev.belay.replicator.log.LogRecord;
import dev.belay.replicator.log.LogTruncatedException;
import dev.belay.replicator.log.SessionRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * One session of a {@link MemorySessionLog}: its record, its log, its fence.
 *
 * <p>Invariant: the log records lie end to end and cover the session record's range; only the first
 * may reach below it. Not thread-safe: the log's lock is held.
 */
final class MemorySession {

  /** By input position. */
  private final NavigableMap<Long, LogRecord> log = new TreeMap<>();

  private SessionRecord record;

  /** Lower epochs have no say. Above the record's epoch: nobody has. */
  private Epoch fence;

  private long lifeSignNs;

  MemorySession(SessionRecord record, long nowNs) {
    if (record.startPosition() != record.endPosition()) {
      throw new IllegalArgumentException("opened with a log: " + record);
    }
    this.record = record;
    this.fence = record.epoch();
    this.lifeSignNs = nowNs;
  }

  SessionRecord record() {
    return record;
  }

  /** The same open once more is none; any other comes too late. */
  void openAgain(SessionRecord again) {
    boolean same = again.epoch().equals(record.epoch()) && again.server().equals(record.server());
    if (!same) {
      throw new FencedException(record.id(), again.epoch(), fence);
    }
    requireSay(again.epoch());
  }

  long append(List<LogRecord> records) {
    long endPosition = record.endPosition();
    for (LogRecord each : records) {
      if (each.inPosition() > endPosition) {
        break;
      }
      if (each.endPosition() > endPosition) {
        log.put(endPosition, each.from(endPosition));
        endPosition = each.endPosition();
      }
    }
    record = record.holding(record.startPosition(), endPosition);
    return endPosition;
  }

  List<LogRecord> read(long fromPosition, int limitBytes) {
    requireHeld(fromPosition);
    List<LogRecord> found = new ArrayList<>();
    long foundEnd = fromPosition;
    while (foundEnd < record.endPosition()) {
      LogRecord next = log.floorEntry(foundEnd).getValue().from(foundEnd);
      if (!found.isEmpty() && next.endPosition() - fromPosition > limitBytes) {
        break;
      }
      found.add(next);
      foundEnd = next.endPosition();
    }
    return found;
  }

  SessionRecord claim(Epoch expected, Epoch next, String server) {
    if (!expected.isBefore(next)) {
      throw new IllegalArgumentException("epoch not raised: from=" + expected + " to=" + next);
    }
    boolean again = next.equals(record.epoch()) && server.equals(record.server());
    if (!again && !expected.equals(record.epoch())) {
      throw new FencedException(record.id(), expected, fence);
    }
    if (next.isBefore(fence)) {
      throw new FencedException(record.id(), next, fence);
    }
    fence = next;
    record = record.claimedBy(server, next);
    return record;
  }

  long fence(Epoch epoch) {
    if (fence.isBefore(epoch)) {
      fence = epoch;
    }
    return record.endPosition();
  }

  void trim(long position) {
    if (position > record.endPosition()) {
      throw new IllegalArgumentException(
          "trimmed behind the end: wanted=" + position + " end=" + record.endPosition());
    }
    if (position > record.startPosition()) {
      record = record.holding(position, record.endPosition());
      while (!log.isEmpty() && log.firstEntry().getValue().endPosition() <= position) {
        log.pollFirstEntry();
      }
    }
  }

  void touch(long nowNs) {
    lifeSignNs = nowNs;
  }

  long lifeSignNs() {
    return lifeSignNs;
  }

  /** {@code epoch} wants to change the session. */
  void requireSay(Epoch epoch) {
    if (epoch.isBefore(fence)) {
      throw new FencedException(record.id(), epoch, fence);
    }
    if (!epoch.equals(record.epoch())) {
      throw new IllegalArgumentException("epoch never claimed: epoch=" + epoch + " of " + record);
    }
  }

  private void requireHeld(long position) {
    if (position < record.startPosition()) {
      throw new LogTruncatedException(position, record.startPosition(), record.endPosition());
    }
    if (position > record.endPosition()) {
      throw new IllegalArgumentException(
          "position behind the end: wanted=" + position + " end=" + record.endPosition());
    }
  }
}

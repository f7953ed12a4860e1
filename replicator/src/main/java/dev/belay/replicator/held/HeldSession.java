package dev.belay.replicator.held;

import dev.belay.replicator.log.Epoch;
import dev.belay.replicator.log.FencedException;
import dev.belay.replicator.log.LogTruncatedException;
import dev.belay.replicator.log.SessionRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * One session of a holder: its record, its log, its fence.
 *
 * <p>Invariant: the held records lie end to end and cover the session record's range; only the
 * first may reach below it. Not thread-safe: the holder's lock is held.
 */
public final class HeldSession<T> {

  /** What a session and a record cost beside their content, roughly. */
  private static final int SESSION_BYTES = 400;

  private static final int RECORD_BYTES = 128;

  /** By input position. */
  private final NavigableMap<Long, HeldRecord<T>> log = new TreeMap<>();

  private SessionRecord record;

  /** Lower epochs have no say. Above the record's epoch: nobody has. */
  private Epoch fence;

  private long lifeSignNs;
  private long heldBytes = SESSION_BYTES;

  HeldSession(SessionRecord record, long nowNs) {
    if (record.startPosition() != record.endPosition()) {
      throw new IllegalArgumentException("opened with a log: " + record);
    }
    this.record = record;
    this.fence = record.epoch();
    this.lifeSignNs = nowNs;
  }

  /** As it is now. */
  public SessionRecord record() {
    return record;
  }

  /** The lowest epoch that may have a say. */
  public Epoch fence() {
    return fence;
  }

  /** Memory that it takes, roughly. */
  long heldBytes() {
    return heldBytes;
  }

  static long bytesOf(HeldRecord<?> each) {
    return RECORD_BYTES + (long) each.contentBytes();
  }

  /** Whether that opening is of a later incarnation, so that what is held here is out of date. */
  boolean isSupersededBy(SessionRecord opened) {
    return record.epoch().isBefore(opened.epoch()) && !opened.epoch().isBefore(fence);
  }

  /** The same open once more is none; any other comes too late. */
  void openAgain(SessionRecord again) {
    boolean same = again.epoch().equals(record.epoch()) && again.server().equals(record.server());
    if (!same) {
      throw new FencedException(record.id(), again.epoch(), fence);
    }
    requireSay(again.epoch());
  }

  /** Keeps what goes on exactly at the end; stops at a hole, and at a record across the end. */
  long append(List<HeldRecord<T>> records) {
    long endPosition = record.endPosition();
    for (HeldRecord<T> each : records) {
      if (each.endPosition() <= endPosition) {
        continue;
      }
      if (each.inPosition() != endPosition) {
        break;
      }
      log.put(endPosition, each);
      heldBytes += bytesOf(each);
      endPosition = each.endPosition();
    }
    record = record.holding(record.startPosition(), endPosition);
    return endPosition;
  }

  /** The held records from that position on; the first one may begin before it. */
  public List<HeldRecord<T>> read(long fromPosition, int limitBytes) {
    requireHeld(fromPosition);
    List<HeldRecord<T>> found = new ArrayList<>();
    long foundEnd = fromPosition;
    while (foundEnd < record.endPosition()) {
      HeldRecord<T> next = log.floorEntry(foundEnd).getValue();
      if (!found.isEmpty() && next.endPosition() - fromPosition > limitBytes) {
        break;
      }
      found.add(next);
      foundEnd = next.endPosition();
    }
    return found;
  }

  /** See {@link dev.belay.replicator.log.SessionLog#claim}. */
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

  /** See {@link dev.belay.replicator.log.SessionLog#fence}. */
  void fence(Epoch epoch) {
    if (fence.isBefore(epoch)) {
      fence = epoch;
    }
  }

  void trim(long position) {
    if (position > record.endPosition()) {
      throw new IllegalArgumentException(
          "trimmed behind the end: wanted=" + position + " end=" + record.endPosition());
    }
    if (position > record.startPosition()) {
      record = record.holding(position, record.endPosition());
      while (!log.isEmpty() && log.firstEntry().getValue().endPosition() <= position) {
        heldBytes -= bytesOf(log.pollFirstEntry().getValue());
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
      throw new EpochUnclaimedException(epoch, record);
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

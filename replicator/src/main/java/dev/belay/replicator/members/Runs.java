package dev.belay.replicator.members;

import dev.belay.replicator.held.HeldRecord;
import dev.belay.replicator.log.LogRecord;
import dev.belay.replicator.log.SessionId;
import java.util.ArrayList;
import java.util.List;

/**
 * Log records that lie end to end travel and are held as one run, so that a holder has few objects
 * and a seal few nonces.
 *
 * <pre>
 *   run: ( kind 1 | out 8 | length 4 | bytes ) ...   from the run's in position on
 * </pre>
 *
 * <p>Used by the log's thread only.
 */
final class Runs {

  /** A run with more than one record is no longer than that, so that a read is not much either. */
  static final int LIMIT_BYTES = 128 << 10;

  private static final int HEADER_BYTES = 1 + Long.BYTES + Integer.BYTES;

  private final Seal seal;

  Runs(Seal seal) {
    this.seal = seal;
  }

  /** The records as runs; a gap between two of them is one between runs, too. */
  List<HeldRecord<byte[]>> close(SessionId id, List<LogRecord> records) {
    List<HeldRecord<byte[]>> runs = new ArrayList<>();
    int first = 0;
    while (first < records.size()) {
      int end = runEnd(records, first);
      runs.add(run(id, records.subList(first, end)));
      first = end;
    }
    return runs;
  }

  private static int runEnd(List<LogRecord> records, int first) {
    long bytes = records.get(first).bytes().length;
    int end = first + 1;
    while (end < records.size()
        && records.get(end).inPosition() == records.get(end - 1).endPosition()
        && bytes + records.get(end).bytes().length <= LIMIT_BYTES) {
      bytes += records.get(end).bytes().length;
      end++;
    }
    return end;
  }

  private HeldRecord<byte[]> run(SessionId id, List<LogRecord> records) {
    long inPosition = records.get(0).inPosition();
    long endPosition = records.get(records.size() - 1).endPosition();
    int length = (int) (endPosition - inPosition) + HEADER_BYTES * records.size();
    FieldWriter plain = new FieldWriter(length);
    for (LogRecord each : records) {
      plain.u8(each.kind().ordinal()).int64(each.outPosition()).bytes(each.bytes());
    }
    byte[] content = seal.seal(Seal.Use.LOG, id, inPosition, endPosition, plain.toBytes());
    return new HeldRecord<>(inPosition, endPosition, content, content.length);
  }

  /**
   * The records in the runs, from that position on.
   *
   * @param limitBytes no more in all, but one record at least
   * @throws SealBrokenException if they are not what was closed
   */
  List<LogRecord> open(
      SessionId id, List<HeldRecord<byte[]>> runs, long fromPosition, int limitBytes) {
    List<LogRecord> found = new ArrayList<>();
    long position = fromPosition;
    for (HeldRecord<byte[]> each : runs) {
      if (each.inPosition() > position || each.endPosition() <= position) {
        throw new SealBrokenException(id, "a hole at " + position, null);
      }
      for (LogRecord record : records(id, each)) {
        boolean isWanted = record.endPosition() > position;
        if (isWanted && !found.isEmpty() && record.endPosition() - fromPosition > limitBytes) {
          return found;
        }
        if (isWanted) {
          found.add(record.from(position));
          position = record.endPosition();
        }
      }
    }
    return found;
  }

  private List<LogRecord> records(SessionId id, HeldRecord<byte[]> run) {
    long position = run.inPosition();
    FieldReader in =
        new FieldReader(
            seal.open(Seal.Use.LOG, id, run.inPosition(), run.endPosition(), run.content()));
    List<LogRecord> records = new ArrayList<>();
    while (!in.isAtEnd()) {
      LogRecord record = record(in, position);
      records.add(record);
      position = record.endPosition();
    }
    if (position != run.endPosition()) {
      throw new SealBrokenException(id, "a run that ends at " + position, null);
    }
    return records;
  }

  private static LogRecord record(FieldReader in, long position) {
    int kind = in.u8();
    long outPosition = in.int64();
    byte[] bytes = in.bytes();
    if (kind >= LogRecord.Kind.values().length || outPosition < 0 || bytes.length == 0) {
      throw new CallFormatException("no log record: kind=" + kind + " out=" + outPosition);
    }
    return new LogRecord(LogRecord.Kind.values()[kind], position, outPosition, bytes);
  }
}

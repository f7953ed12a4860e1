package dev.belay.replicator.members;

import dev.belay.replicator.log.Epoch;
import dev.belay.replicator.log.LogRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * An append on its way. A holder does not cut: where a record reaches across its end, it is cut
 * here and sent again.
 */
final class Appending implements Pending {

  /** A holder's end that moves between two of them is somebody else's doing. */
  private static final int MOST_REPEATS = 3;

  private static final int RECORD_BYTES = 32;

  /**
   * What every append of a log needs.
   *
   * @param runs seals
   * @param own drops its copy of a session that is held elsewhere as well
   */
  record Sealing(Runs runs, Holder own) {}

  private final Route route;
  private final Epoch epoch;
  private final Runs runs;
  private final Holder own;
  private final CompletableFuture<Long> result;
  private List<LogRecord> records;
  private int repeats;

  Appending(
      Route route,
      Epoch epoch,
      List<LogRecord> records,
      Sealing sealing,
      CompletableFuture<Long> result) {
    this.route = route;
    this.epoch = epoch;
    this.records = records;
    this.runs = sealing.runs();
    this.own = sealing.own();
    this.result = result;
  }

  @Override
  public Call call() {
    return new Call.Append(route.id(), epoch, runs.close(route.id(), records));
  }

  @Override
  public int bytes() {
    long bytes = RECORD_BYTES;
    for (LogRecord each : records) {
      bytes += RECORD_BYTES + each.bytes().length;
    }
    return (int) Math.min(bytes, Integer.MAX_VALUE);
  }

  @Override
  public boolean answered(Answer answer) {
    if (!(answer instanceof Answer.Number number)) {
      result.completeExceptionally(Asking.failure(route, epoch, answer));
      return true;
    }
    long endPosition = number.value();
    if (reachesAcross(endPosition) && repeats < MOST_REPEATS) {
      repeats++;
      records = from(endPosition);
      return false;
    }
    if (route.readsLocally() && own.dropUpTo(route.id(), endPosition)) {
      route.readLocally(false);
    }
    result.complete(endPosition);
    return true;
  }

  @Override
  public void failed(RuntimeException failure) {
    result.completeExceptionally(failure);
  }

  private boolean reachesAcross(long endPosition) {
    for (LogRecord each : records) {
      if (each.inPosition() <= endPosition && endPosition < each.endPosition()) {
        return true;
      }
    }
    return false;
  }

  private List<LogRecord> from(long position) {
    List<LogRecord> left = new ArrayList<>(records.size());
    for (LogRecord each : records) {
      if (each.endPosition() > position) {
        left.add(each.from(position));
      }
    }
    return left;
  }
}

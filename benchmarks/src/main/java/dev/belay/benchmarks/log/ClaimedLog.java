package dev.belay.benchmarks.log;

import dev.belay.agent.cluster.LogWriter;
import dev.belay.agent.session.InputLog;
import dev.belay.replicator.log.LogRecord;
import dev.belay.replicator.log.SessionLog;
import dev.belay.replicator.log.SessionRecord;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * What a takeover does ahead of its handler: claims a log that another member holds, and copies all
 * of it into one of its own, piece by piece. One thread.
 */
final class ClaimedLog {
  private static final int READ_BYTES = 256 << 10; // as the replay's

  private final SessionLog log;
  private final LogWriter writer;

  ClaimedLog(SessionLog log, LogWriter writer) {
    this.log = log;
    this.writer = writer;
  }

  /** A log of so many bytes in turns of so many: ms for the claim, and for the copy behind it. */
  String copy(SessionRecord record, int turnBytes, int totalBytes)
      throws IOException, InterruptedException {
    Logged session = new Logged(writer, record);
    while (session.endPosition() < totalBytes) {
      session.append(turnBytes);
    }
    while (session.aheadBytes() > 0) {
      LockSupport.parkNanos(1_000_000);
    }
    session.leave();
    long beganNs = System.nanoTime();
    SessionRecord claimed =
        LogBenchmark.get(
            log.claim(record.id(), record.epoch(), record.epoch().next(), "benchmark")
                .toCompletableFuture());
    long claimedNs = System.nanoTime();
    InputLog copy = Logged.emptyLog();
    copyAll(claimed, copy);
    long copiedNs = System.nanoTime();
    copy.close();
    LogBenchmark.get(log.close(claimed.id(), claimed.epoch()).toCompletableFuture());
    return (claimedNs - beganNs) / 1e6 + " " + (copiedNs - claimedNs) / 1e6;
  }

  private void copyAll(SessionRecord claimed, InputLog copy)
      throws IOException, InterruptedException {
    while (copy.endPosition() < claimed.endPosition()) {
      List<LogRecord> records =
          LogBenchmark.answered(() -> log.read(claimed.id(), copy.endPosition(), READ_BYTES));
      for (LogRecord each : records) {
        if (!copy.appendAhead(each)) {
          throw new IOException("no room for " + each);
        }
      }
    }
  }
}

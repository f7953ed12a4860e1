package dev.belay.agent.door;

import java.util.function.Consumer;

/**
 * Says who was turned away, but not everybody in a flood: a stranger must not fill the disk with
 * the log.
 *
 * <p>Invariant: in any span of time at most {@link #MOST_AT_ONCE} lines and {@link #PER_SECOND} a
 * second are written; what is left out is counted, and the next line that is written is followed by
 * the count. Loop thread.
 */
final class RefusalLog {
  /** Lines in a row, after a quiet time. */
  static final int MOST_AT_ONCE = 1000;

  /** Lines a second, in the long run. */
  static final int PER_SECOND = 10;

  private static final long NS_PER_LINE = 1_000_000_000 / PER_SECOND;

  private final Consumer<String> log;
  private long paidUntilNs;
  private boolean isUsed;
  private long leftOut;

  RefusalLog(Consumer<String> log) {
    this.log = log;
  }

  /** Somebody was refused. */
  void refused(String from, String reason, long nowNs) {
    long quietNs = nowNs - MOST_AT_ONCE * NS_PER_LINE;
    if (!isUsed || paidUntilNs - quietNs < 0) {
      paidUntilNs = quietNs;
      isUsed = true;
    }
    if (paidUntilNs + NS_PER_LINE - nowNs > 0) {
      leftOut++;
      return;
    }
    paidUntilNs += NS_PER_LINE;
    log.accept("refused at the door: from=" + from + " reason=" + reason);
    if (leftOut > 0) {
      log.accept("refused at the door: " + leftOut + " more, counted but not told one by one");
      leftOut = 0;
    }
  }
}

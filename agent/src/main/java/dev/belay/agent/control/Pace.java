package dev.belay.agent.control;

import dev.belay.agent.wire.Frame;

/**
 * Whether what comes over a control link comes so often, and is so little waited for, that it is
 * better read every few milliseconds than each time: the ends of many short sessions. Waking the
 * loop for each of them costs more than the sessions themselves.
 *
 * <p>Invariant: not while anything is heard that somebody may wait for. Loop thread.
 */
final class Pace {
  /** How long frames wait at most. */
  static final long PERIOD_MS = 4;

  private static final long PERIOD_NS = PERIOD_MS * 1_000_000;

  /** So many ends in one period are many. */
  private static final int MANY = 4;

  /** Afterwards it is paced no sooner than this. */
  private static final long URGENT_NS = 100_000_000;

  /** Beyond this position what is acknowledged is much, and its sender may wait for it. */
  private static final long MUCH_BYTES = 1 << 20;

  private long periodNs;
  private long urgentUntilNs;
  private int ends;
  private boolean isDense;

  Pace(long nowNs) {
    periodNs = nowNs;
    urgentUntilNs = nowNs;
  }

  /** A frame has come. */
  void heard(Frame frame, long nowNs) {
    if (isWaitedFor(frame)) {
      urgentUntilNs = nowNs + URGENT_NS;
      isDense = false;
    } else if (frame instanceof Frame.Fin) {
      ends++;
    }
  }

  private static boolean isWaitedFor(Frame frame) {
    if (frame instanceof Frame.Received received) {
      return received.position() >= MUCH_BYTES;
    }
    boolean isPassing =
        frame instanceof Frame.Fin
            || frame instanceof Frame.EndKnown
            || frame instanceof Frame.Heartbeat
            || frame instanceof Frame.Reserve
            || frame instanceof Frame.Release;
    return !isPassing;
  }

  /** Whether to wait for a period before the next look. */
  boolean isDense(long nowNs) {
    if (nowNs - periodNs >= PERIOD_NS) {
      isDense = ends >= MANY && nowNs - periodNs < 2 * PERIOD_NS && nowNs - urgentUntilNs >= 0;
      ends = 0;
      periodNs = nowNs;
    }
    return isDense;
  }
}

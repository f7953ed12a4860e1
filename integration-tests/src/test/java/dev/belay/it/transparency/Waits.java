package dev.belay.it.transparency;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Bounded waiting inside the programs. */
final class Waits {
  private static final long POLL_MS = 2;
  private static final long MAX_MS = 4_000;

  /** Something that becomes true. */
  interface Condition {
    boolean isTrue() throws Exception;
  }

  private Waits() {}

  static void pause(long ms) {
    long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
    for (long leftNs = deadlineNs - System.nanoTime();
        leftNs > 0;
        leftNs = deadlineNs - System.nanoTime()) {
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
      LockSupport.parkNanos(leftNs);
    }
  }

  /** Whether it became true in time. */
  static boolean until(Condition condition) throws Exception {
    long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MAX_MS);
    while (!condition.isTrue()) {
      if (System.nanoTime() - deadlineNs > 0) {
        return false;
      }
      pause(POLL_MS);
    }
    return true;
  }

  /** Shows on stderr where a thread is. */
  static void dump(String why, Thread thread) {
    StringBuilder text = new StringBuilder(why + ": " + thread + " " + thread.getState() + "\n");
    for (StackTraceElement element : thread.getStackTrace()) {
      text.append("    at ").append(element).append('\n');
    }
    System.err.print(text);
  }
}

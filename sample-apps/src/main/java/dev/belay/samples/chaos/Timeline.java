package dev.belay.samples.chaos;

import java.io.IOException;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Does things at their time, and things that others post, all in the one thread that runs it; so
 * nothing in a run needs a lock. Only {@link #post} may be called by any thread.
 */
final class Timeline {

  private static final long MILLISECOND_NS = 1_000_000L;

  private final PriorityQueue<Due> dues =
      new PriorityQueue<>(Comparator.comparingLong(Due::atMs).thenComparingLong(Due::number));
  private final BlockingQueue<Task> posted = new LinkedBlockingQueue<>();
  private long zeroNs = System.nanoTime();
  private long zeroWallMs = System.currentTimeMillis();
  private long numbers;

  /** From now on times count from this moment. */
  void startClock() {
    zeroNs = System.nanoTime();
    zeroWallMs = System.currentTimeMillis();
  }

  /** Time since the clock was started. */
  long nowMs() {
    return (System.nanoTime() - zeroNs) / MILLISECOND_NS;
  }

  /** The wall clock's time when the clock was started, as logs have it. */
  long zeroWallMs() {
    return zeroWallMs;
  }

  /** Does something at a time, or at once if that has passed. */
  void at(long atMs, Task task) {
    dues.add(new Due(atMs, numbers++, task));
  }

  /** Does something after a while. */
  void after(long delayMs, Task task) {
    at(nowMs() + delayMs, task);
  }

  /** Does something as soon as the running thread comes to it. */
  void post(Task task) {
    posted.add(task);
  }

  /** Does everything that has been posted. */
  void runPosted() throws IOException, InterruptedException {
    for (Task task = posted.poll(); task != null; task = posted.poll()) {
      task.run();
    }
  }

  /** Runs until a condition holds; false if it does not hold in time. */
  boolean runUntil(BooleanSupplier condition, long deadlineMs)
      throws IOException, InterruptedException {
    while (!condition.getAsBoolean()) {
      long nowMs = nowMs();
      if (nowMs >= deadlineMs) {
        return false;
      }
      Due next = dues.peek();
      long untilMs = next == null ? deadlineMs : Math.min(deadlineMs, next.atMs());
      Task task =
          untilMs <= nowMs ? posted.poll() : posted.poll(untilMs - nowMs, TimeUnit.MILLISECONDS);
      if (task != null) {
        task.run();
      } else if (next != null && next.atMs() <= nowMs()) {
        dues.remove().task().run();
      }
    }
    return true;
  }

  /** Something to do. */
  @FunctionalInterface
  interface Task {

    /** Does it. */
    void run() throws IOException, InterruptedException;
  }

  private record Due(long atMs, long number, Task task) {}
}

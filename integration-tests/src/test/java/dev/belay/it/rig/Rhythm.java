package dev.belay.it.rig;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Something that happens to a child again and again, at a steady pace, until it is closed. Made and
 * closed by the test thread; what happens, happens on a thread of its own.
 */
public final class Rhythm implements AutoCloseable {
  private static final Duration SLOW_PERIOD = Duration.ofMillis(100);
  private static final Duration SLOW_STOP = Duration.ofMillis(70);
  private static final int END_SECONDS = 10;

  private final AtomicInteger beats = new AtomicInteger();
  private final Runnable atTheEnd;
  private final ScheduledExecutorService pacer =
      Executors.newScheduledThreadPool(
          1,
          work -> {
            Thread thread = new Thread(work, "rhythm");
            thread.setDaemon(true);
            return thread;
          });

  private Rhythm(Runnable atTheEnd) {
    this.atTheEnd = atTheEnd;
  }

  /** Does it at once, and then once in each period. */
  public static Rhythm every(Duration period, Runnable what) {
    Rhythm rhythm = new Rhythm(() -> {});
    rhythm.repeat(Duration.ZERO, period, what);
    return rhythm;
  }

  /** The process runs for 30 ms of each 100 ms only: slow, but alive. */
  public static Rhythm slow(Jvm jvm) {
    Rhythm rhythm = new Rhythm(jvm::cont);
    rhythm.repeat(Duration.ZERO, SLOW_PERIOD, jvm::stop);
    rhythm.repeat(SLOW_STOP, SLOW_PERIOD, jvm::cont);
    return rhythm;
  }

  /** How often it has happened. */
  public int beats() {
    return beats.get();
  }

  @Override
  public void close() {
    pacer.shutdownNow();
    try {
      if (!pacer.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("a rhythm does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    atTheEnd.run();
  }

  private void repeat(Duration delay, Duration period, Runnable what) {
    Runnable beat =
        () -> {
          what.run();
          beats.incrementAndGet();
        };
    pacer.scheduleAtFixedRate(beat, delay.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
  }
}

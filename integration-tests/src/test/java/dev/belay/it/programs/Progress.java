package dev.belay.it.programs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How far a client's connections are together: prints {@code done K} now and then, and hears {@code
 * finish} on standard input. Safe for any thread.
 */
final class Progress {
  private static final long PRINT_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(10);

  private final AtomicLong replies = new AtomicLong();
  private final AtomicLong printedNs = new AtomicLong(System.nanoTime() - PRINT_INTERVAL_NS);
  private volatile boolean mayFinish;
  private final boolean isSilent;

  private Progress(boolean isSilent, boolean mayFinish) {
    this.isSilent = isSilent;
    this.mayFinish = mayFinish;
  }

  /** Prints nothing and never holds an end back. */
  static Progress silent() {
    return new Progress(true, true);
  }

  /** Prints; with {@code isUntilTold} no connection ends before it is told to. */
  static Progress told(boolean isUntilTold) {
    Progress progress = new Progress(false, !isUntilTold);
    if (isUntilTold) {
      Thread reader = new Thread(progress::awaitFinish, "commands");
      reader.setDaemon(true);
      reader.start();
    }
    return progress;
  }

  /** Whether a connection that has sent its requests may end. */
  boolean mayFinish() {
    return mayFinish;
  }

  /** One more reply was whole and right. */
  void replied() {
    long count = replies.incrementAndGet();
    if (isSilent) {
      return;
    }
    long nowNs = System.nanoTime();
    long lastNs = printedNs.get();
    if (nowNs - lastNs >= PRINT_INTERVAL_NS && printedNs.compareAndSet(lastNs, nowNs)) {
      System.out.println("done " + count);
    }
  }

  private void awaitFinish() {
    var stdin = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try {
      for (String line = stdin.readLine(); line != null; line = stdin.readLine()) {
        mayFinish |= line.equals("finish");
      }
    } catch (IOException e) {
      System.out.println("no more commands: " + e);
    }
    mayFinish = true;
  }
}

package dev.belay.it.programs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How far a client's connections are together: prints {@code done K} now and then, and hears {@code
 * begin} and {@code finish} on standard input. Safe for any thread.
 */
final class Progress {
  private static final long PRINT_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(10);

  private final AtomicLong replies = new AtomicLong();
  private final AtomicLong printedNs = new AtomicLong(System.nanoTime() - PRINT_INTERVAL_NS);
  private final CountDownLatch begun = new CountDownLatch(1);
  private volatile boolean mayFinish;
  private final boolean isSilent;

  private Progress(boolean isSilent, boolean mayBegin, boolean mayFinish) {
    this.isSilent = isSilent;
    this.mayFinish = mayFinish;
    if (mayBegin) {
      begun.countDown();
    }
  }

  /** Prints nothing and never holds an end back. */
  static Progress silent() {
    return new Progress(true, true, true);
  }

  /** Prints; connections wait before their first request, or before their end, to be told. */
  static Progress told(boolean isBegunTold, boolean isUntilTold) {
    Progress progress = new Progress(false, !isBegunTold, !isUntilTold);
    if (isBegunTold || isUntilTold) {
      Thread reader = new Thread(progress::readCommands, "commands");
      reader.setDaemon(true);
      reader.start();
    }
    return progress;
  }

  /** Prints {@code WAITING} and waits, where connections are told when to begin. */
  void awaitBegin() throws InterruptedException {
    if (begun.getCount() > 0) {
      System.out.println("WAITING");
      begun.await();
    }
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

  private void readCommands() {
    var stdin = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try {
      for (String line = stdin.readLine(); line != null; line = stdin.readLine()) {
        obey(line);
      }
    } catch (IOException e) {
      System.out.println("no more commands: " + e);
    }
    begun.countDown();
    mayFinish = true;
  }

  private void obey(String command) {
    switch (command) {
      case "begin" -> begun.countDown();
      case "finish" -> mayFinish = true;
      default -> System.out.println("unknown command: " + command);
    }
  }
}

package dev.belay.samples.program;

import java.io.PrintStream;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How far a client is and how long it had to wait for its peer at worst. With {@code --progress} it
 * prints {@code progress DONE TOTAL ELAPSED_MS LONGEST_GAP_MS} each 100 ms and once at the end,
 * with {@code --gaps MS} it prints {@code gap ELAPSED_MS GAP_MS} after each wait of at least that
 * length. Any thread may report.
 */
public final class Progress implements AutoCloseable {

  /** First word of a progress line. */
  public static final String WORD = "progress";

  /** First word of the line that tells of one long wait. */
  public static final String GAP_WORD = "gap";

  private static final int MAX_GAP_MS = 60_000;
  private static final int INTERVAL_MS = 100;
  private static final long MILLISECOND_NS = 1_000_000L;

  private final PrintStream out;
  private final long startNs = System.nanoTime();
  private final AtomicLong total = new AtomicLong();
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong longestGapNs = new AtomicLong();
  private final Timer printer = new Timer(WORD, true);
  private final boolean printing;
  private final long toldGapNs;

  private Progress(PrintStream out, boolean printing, int toldGapMs) {
    this.out = out;
    this.printing = printing;
    this.toldGapNs = toldGapMs == 0 ? Long.MAX_VALUE : toldGapMs * MILLISECOND_NS;
  }

  /** Starts the clock, and the printing if {@code --progress} or {@code --gaps} was given. */
  public static Progress start(Arguments arguments, PrintStream out) {
    Progress progress =
        new Progress(
            out, arguments.flag("progress"), arguments.number(GAP_WORD + "s", 0, 0, MAX_GAP_MS));
    if (progress.printing) {
      progress.printer.scheduleAtFixedRate(progress.printTask(), INTERVAL_MS, INTERVAL_MS);
    }
    return progress;
  }

  /** Raises the number of units to do. */
  public void expect(long units) {
    total.addAndGet(units);
  }

  /** So many units are done and checked. */
  public void advance(long units) {
    done.addAndGet(units);
  }

  /** A wait for the peer is over. */
  public void waited(long gapNs) {
    longestGapNs.accumulateAndGet(gapNs, Math::max);
    if (gapNs >= toldGapNs) {
      out.println(GAP_WORD + " " + elapsedMs() + " " + gapNs / MILLISECOND_NS);
      out.flush();
    }
  }

  /** Units done so far. */
  public long done() {
    return done.get();
  }

  /** The longest wait for the peer so far. */
  public long longestGapMs() {
    return longestGapNs.get() / MILLISECOND_NS;
  }

  /** The facts that each client's verdict line ends with. */
  public String times() {
    return "elapsed-ms=" + elapsedMs() + " longest-gap-ms=" + longestGapMs();
  }

  /** Prints the last progress line and stops printing. */
  @Override
  public void close() {
    printer.cancel();
    if (printing) {
      print();
    }
  }

  private long elapsedMs() {
    return (System.nanoTime() - startNs) / MILLISECOND_NS;
  }

  private void print() {
    out.println(WORD + " " + done + " " + total + " " + elapsedMs() + " " + longestGapMs());
    out.flush();
  }

  private TimerTask printTask() {
    return new TimerTask() {
      @Override
      public void run() {
        print();
      }
    };
  }
}

package dev.belay.samples.program;

import java.io.PrintStream;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How far a client is and how long it had to wait for its peer at worst. With {@code --progress} it
 * prints {@code progress DONE TOTAL ELAPSED_MS LONGEST_GAP_MS} each 100 ms and once at the end. Any
 * thread may report.
 */
public final class Progress implements AutoCloseable {

  /** First word of a progress line. */
  public static final String WORD = "progress";

  private static final int INTERVAL_MS = 100;
  private static final long MILLISECOND_NS = 1_000_000L;

  private final PrintStream out;
  private final long startNs = System.nanoTime();
  private final AtomicLong total = new AtomicLong();
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong longestGapNs = new AtomicLong();
  private final Timer printer = new Timer(WORD, true);
  private final boolean printing;

  private Progress(PrintStream out, boolean printing) {
    this.out = out;
    this.printing = printing;
  }

  /** Starts the clock, and the printing if {@code --progress} was given. */
  public static Progress start(Arguments arguments, PrintStream out) {
    Progress progress = new Progress(out, arguments.flag("progress"));
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

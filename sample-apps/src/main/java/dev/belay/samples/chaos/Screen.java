package dev.belay.samples.chaos;

import java.io.PrintStream;
import java.util.Locale;

/**
 * The run on the terminal: a line for each fault and each client that ended wrongly, and below them
 * a bar that moves; without a terminal, the bar as a plain line now and then. Used by one thread.
 */
final class Screen {

  private static final int WIDTH = 30;
  private static final int PLAIN_EVERY_MS = 10_000;
  private static final int RATE_BUCKETS = 4;
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintStream out;
  private final boolean terminal;
  private final Plan plan;
  private String bar = "";
  private long nextPlainMs = PLAIN_EVERY_MS;

  Screen(PrintStream out, boolean terminal, Plan plan) {
    this.out = out;
    this.terminal = terminal;
    this.plan = plan;
  }

  /** Says something above the bar. */
  void say(String line) {
    out.println((terminal ? CLEAR_LINE : "") + line);
    if (terminal) {
      out.print(bar);
    }
    out.flush();
  }

  /** Says what fault began, or did not. */
  void fault(Recording.Injected injected) {
    String length =
        injected.fault().lengthMs() > 0 && injected.skipped().isEmpty()
            ? String.format(Locale.ROOT, "for %.1f s", seconds(injected.fault().lengthMs()))
            : "";
    say(
        String.format(
            Locale.ROOT,
            "  %6.1f s  %-8s %s %s%s",
            seconds(injected.atMs()),
            injected.fault().kind().label(),
            injected.victim(),
            length,
            injected.skipped().map(why -> "skipped: " + why).orElse("")));
  }

  /** Says how a client ended, if it was not right. */
  void ended(ClientRun.Result result) {
    if (result.outcome() != Outcome.RIGHT) {
      say(
          String.format(
              Locale.ROOT,
              "  %6.1f s  client %d-%d: %s: %s",
              seconds(result.endMs()),
              result.id().place() + 1,
              result.id().round() + 1,
              result.outcome().text(),
              result.verdict()));
    }
  }

  /** Shows how far the run is. */
  void show(long nowMs, Recording recording) {
    bar = text(nowMs, recording);
    if (terminal) {
      out.print(CLEAR_LINE + bar);
      out.flush();
    } else if (nowMs >= nextPlainMs) {
      nextPlainMs += PLAIN_EVERY_MS;
      out.println(bar);
    }
  }

  /** Leaves the bar where it is. */
  void end() {
    if (terminal) {
      out.println();
    }
    bar = "";
  }

  private String text(long nowMs, Recording recording) {
    long wrong = recording.results().size() - recording.count(Outcome.RIGHT);
    return String.format(
        Locale.ROOT,
        "  [%s] %.0f of %.0f s  %.1f %s/s  faults %d  clients right %d%s  longest stall %d ms",
        cells(nowMs),
        seconds(nowMs),
        seconds(plan.totalMs()),
        rate(recording),
        plan.workload().unit().text(),
        recording.injectedCount(),
        recording.count(Outcome.RIGHT),
        wrong == 0 ? "" : ", WRONG " + wrong,
        recording.longestGapMs());
  }

  /** The last two seconds', the bucket that fills just now excepted. */
  private double rate(Recording recording) {
    var buckets = recording.buckets();
    int end = Math.max(0, buckets.size() - 1);
    var last = buckets.subList(Math.max(0, end - RATE_BUCKETS), end);
    double units = last.stream().mapToLong(Long::longValue).sum();
    double span = seconds((long) RATE_BUCKETS * Recording.BUCKET_MS);
    return plan.workload().unit().of(units / span);
  }

  private String cells(long nowMs) {
    int filled = (int) Math.min(WIDTH, WIDTH * nowMs / plan.totalMs());
    return "=".repeat(filled) + " ".repeat(WIDTH - filled);
  }

  private static double seconds(long ms) {
    return ms / 1000.0;
  }
}

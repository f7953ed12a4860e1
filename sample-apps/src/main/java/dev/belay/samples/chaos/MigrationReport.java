package dev.belay.samples.chaos;

import dev.belay.samples.chaos.report.Distribution;
import dev.belay.samples.chaos.report.Page;
import dev.belay.samples.chaos.trace.Move;
import dev.belay.samples.chaos.trace.Trace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** The experiment on one page: a curve and a table. */
final class MigrationReport {

  private final MigrationRun.Settings settings;
  private final List<Point> points;
  private final ClientRun.Result result;
  private final long zeroWallMs;

  /** Of steps as {@link MigrationRun.Settings#schedule} orders them. */
  MigrationReport(
      MigrationRun.Settings settings,
      List<MigrationRun.Step> steps,
      ClientRun.Result result,
      long zeroWallMs) {
    this.settings = settings;
    this.points =
        IntStream.range(1, steps.size() - 1)
            .filter(i -> steps.get(i).intervalMs() > 0)
            .mapToObj(i -> new Point(steps.get(i), rate(steps.get(i - 1)), rate(steps.get(i + 1))))
            .sorted(Comparator.comparingLong(point -> point.step().intervalMs()))
            .toList();
    this.result = result;
    this.zeroWallMs = zeroWallMs;
  }

  /** Writes the page. */
  void write(Path file, Trace trace, String command, String machine) throws IOException {
    boolean right = result.outcome() == Outcome.RIGHT;
    Map<String, Object> content =
        Map.of(
            "machine",
            machine,
            "verdict",
            right ? "Verdict: right" : "Verdict: WRONG",
            "verdictClass",
            right ? "right" : "wrong",
            "verdictReason",
            result.verdict(),
            "connections",
            settings.connections(),
            "session",
            settings.sessionBytes() >> 20,
            "command",
            command,
            "rows",
            points.stream().map(point -> row(point, trace)).toList());
    Map<String, Object> series =
        Map.of(
            "unit",
            "MB",
            "interval",
            points.stream().map(point -> point.step().intervalMs() / 1e3).toList(),
            "rate",
            points.stream().map(point -> rate(point.step())).toList(),
            "undisturbed",
            points.stream().map(Point::undisturbed).toList());
    Page.write(file, "migrations.html", content, series);
  }

  private Map<String, Object> row(Point point, Trace trace) {
    MigrationRun.Step step = point.step();
    List<Move> moves =
        trace.moves().stream().filter(move -> isBetween(move.lostMs() - zeroWallMs, step)).toList();
    Distribution stalls = new Distribution(moves.stream().map(Move::stallMs).toList());
    return Map.of(
        "interval", new Span(step.intervalMs()),
        "rate", number(rate(step)),
        "undisturbed", number(point.before()) + " and " + number(point.after()),
        "part", String.format(Locale.ROOT, "%.0f %%", 100 * rate(step) / point.undisturbed()),
        "migrations", step.migrations(),
        "moves", moves.size(),
        "median", Distribution.text(stalls.quantileMs(0.5)),
        "longest", Distribution.text(stalls.longestMs()));
  }

  private static boolean isBetween(long atMs, MigrationRun.Step step) {
    return atMs >= step.begin().ms() && atMs < step.end().ms();
  }

  private static double rate(MigrationRun.Step step) {
    return Workload.Unit.MEGABYTES.of(step.unitsPerSecond());
  }

  private static String number(double rate) {
    return String.format(Locale.ROOT, "%.1f", rate);
  }

  /** A step between two undisturbed ones. */
  private record Point(MigrationRun.Step step, double before, double after) {

    double undisturbed() {
      return (before + after) / 2;
    }
  }
}

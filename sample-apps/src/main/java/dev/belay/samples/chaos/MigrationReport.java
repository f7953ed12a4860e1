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
import java.util.stream.Collectors;

/** The experiment on one page: a curve and a table. */
final class MigrationReport {

  private final MigrationRun.Settings settings;
  private final List<MigrationRun.Step> disturbed;
  private final double undisturbed;
  private final String undisturbedText;
  private final ClientRun.Result result;
  private final long zeroWallMs;

  MigrationReport(
      MigrationRun.Settings settings,
      List<MigrationRun.Step> steps,
      ClientRun.Result result,
      long zeroWallMs) {
    this.settings = settings;
    this.disturbed =
        steps.stream()
            .filter(step -> step.intervalMs() > 0)
            .sorted(Comparator.comparingLong(MigrationRun.Step::intervalMs))
            .toList();
    List<MigrationRun.Step> others = steps.stream().filter(step -> step.intervalMs() == 0).toList();
    this.undisturbed =
        others.stream().mapToDouble(MigrationReport::rate).average().orElse(Double.NaN);
    this.undisturbedText =
        others.stream().map(step -> number(rate(step))).collect(Collectors.joining(" and "));
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
            "undisturbed",
            number(undisturbed),
            "undisturbedText",
            undisturbedText,
            "command",
            command,
            "rows",
            disturbed.stream().map(step -> row(step, trace)).toList());
    Map<String, Object> series =
        Map.of(
            "unit",
            "MB",
            "interval",
            disturbed.stream().map(step -> step.intervalMs() / 1e3).toList(),
            "rate",
            disturbed.stream().map(MigrationReport::rate).toList(),
            "undisturbed",
            undisturbed);
    Page.write(file, "migrations.html", content, series);
  }

  private Map<String, Object> row(MigrationRun.Step step, Trace trace) {
    List<Move> moves =
        trace.moves().stream().filter(move -> isBetween(move.lostMs() - zeroWallMs, step)).toList();
    Distribution stalls = new Distribution(moves.stream().map(Move::stallMs).toList());
    return Map.of(
        "interval", new Span(step.intervalMs()),
        "rate", number(rate(step)),
        "part", String.format(Locale.ROOT, "%.0f %%", 100 * rate(step) / undisturbed),
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
}

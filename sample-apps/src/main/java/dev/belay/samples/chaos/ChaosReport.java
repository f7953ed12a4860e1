package dev.belay.samples.chaos;

import dev.belay.samples.chaos.fault.FaultKind;
import dev.belay.samples.chaos.report.Distribution;
import dev.belay.samples.chaos.report.Page;
import dev.belay.samples.chaos.trace.Move;
import dev.belay.samples.chaos.trace.Trace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Puts what a run was, did and learnt onto one page. Used by one thread. */
final class ChaosReport {

  private static final DateTimeFormatter WHEN =
      DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm:ss 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  /** More lines of the agents are not shown; all of them are in the logs. */
  private static final int MAX_TROUBLES = 200;

  private final Facts facts;
  private final Recording recording;
  private final Trace trace;
  private final Aftermath aftermath;

  ChaosReport(Facts facts, Recording recording, Trace trace) {
    this.facts = facts;
    this.recording = recording;
    this.trace = trace;
    this.aftermath = new Aftermath(recording.injected(), trace, facts.zeroWallMs());
  }

  /** Writes the page. */
  void write(Path file) throws IOException {
    Page.write(file, "chaos.html", content(), series());
  }

  private Map<String, Object> content() {
    Plan plan = facts.plan();
    Verdict verdict = Verdict.on(recording);
    Map<String, Object> content = new HashMap<>();
    content.put("app", plan.workload());
    content.put("seed", plan.seed());
    content.put("when", WHEN.format(Instant.ofEpochMilli(facts.zeroWallMs())));
    content.put("machine", facts.machine());
    content.put("verdict", verdict.isRight() ? "Verdict: right" : "Verdict: WRONG");
    content.put("verdictClass", verdict.isRight() ? "right" : "wrong");
    content.put("verdictReason", verdict.reason());
    content.put("missing", missing());
    content.put("facts", factBoxes());
    content.put("command", facts.command());
    content.put("unit", plan.workload().unit().text());
    content.put("bucketMs", Recording.BUCKET_MS);
    content.put("gapMs", Recording.GAP_MS);
    content.put("kinds", kinds());
    content.put("stallFacts", stallFacts());
    content.put("byKind", byKind());
    content.put("faults", faults());
    content.put("unexplained", unexplained());
    content.put("clientsText", clientsText());
    content.put("clients", clients(recording.results()));
    content.put("wrongClients", wrongClients());
    content.put("troubles", troubles());
    content.put("hasTroubles", !trace.troubles().isEmpty());
    content.put("troubleCount", trace.troubles().size() + " lines");
    return content;
  }

  private List<Map<String, Object>> missing() {
    return facts.missing().entrySet().stream()
        .map(entry -> row("kind", entry.getKey(), "reason", entry.getValue()))
        .toList();
  }

  private List<Map<String, Object>> factBoxes() {
    Plan plan = facts.plan();
    List<Map<String, Object>> boxes = new ArrayList<>();
    boxes.add(row("name", "seed", "value", plan.seed()));
    boxes.add(row("name", "faults injected", "value", recording.injectedCount()));
    boxes.add(row("name", "clients", "value", recording.results().size()));
    boxes.add(row("name", "sessions taken over", "value", moves(Move.Kind.TAKEOVER)));
    boxes.add(row("name", "sessions resumed", "value", moves(Move.Kind.RESUME)));
    String unit = plan.workload().unit().text();
    boxes.add(row("name", unit + " checked", "value", amount(recording.units())));
    String longest = Distribution.text(recording.longestGapMs());
    boxes.add(row("name", "longest wait", "value", longest));
    boxes.add(row("name", "duration", "value", new Span(plan.totalMs())));
    return boxes;
  }

  private List<Map<String, Object>> kinds() {
    return facts.plan().kinds().stream()
        .map(
            kind ->
                row(
                    "label", kind.label(),
                    "meaning", kind.meaning(),
                    "colour", Colours.of(kind)))
        .toList();
  }

  private List<Map<String, Object>> stallFacts() {
    Distribution waits =
        new Distribution(recording.gaps().stream().map(Recording.Gap::lengthMs).toList());
    return List.of(
        row("name", "of " + Recording.GAP_MS + " ms or more", "value", waits.count()),
        row("name", "median", "value", Distribution.text(waits.quantileMs(0.5))),
        row("name", "90 % at most", "value", Distribution.text(waits.quantileMs(0.9))),
        row("name", "99 % at most", "value", Distribution.text(waits.quantileMs(0.99))),
        row("name", "longest", "value", Distribution.text(waits.longestMs())));
  }

  private List<Map<String, Object>> byKind() {
    return facts.plan().kinds().stream().map(this::byKind).toList();
  }

  private Map<String, Object> byKind(FaultKind kind) {
    List<Recording.Injected> injected =
        recording.injected().stream()
            .filter(fault -> fault.fault().kind() == kind && fault.skipped().isEmpty())
            .toList();
    List<Move> moves =
        injected.stream().flatMap(f -> aftermath.of(f.fault().number()).stream()).toList();
    List<Long> sinceFault =
        injected.stream()
            .flatMap(
                f ->
                    aftermath.of(f.fault().number()).stream()
                        .map(move -> move.timeMs() - facts.zeroWallMs() - f.atMs()))
            .toList();
    return row(
        "label", kind.label(),
        "colour", Colours.of(kind),
        "injected", injected.size(),
        "takenOver", count(moves, Move.Kind.TAKEOVER),
        "resumed", count(moves, Move.Kind.RESUME),
        "stall", quantiles(moves.stream().map(Move::stallMs).toList()),
        "sinceFault", quantiles(sinceFault));
  }

  /** Median, 90 %, 99 %, longest; nothing of nothing. */
  private static List<String> quantiles(List<Long> lengthsMs) {
    Distribution lengths = new Distribution(lengthsMs);
    return lengthsMs.isEmpty()
        ? List.of("", "", "", "")
        : Stream.of(0.5, 0.9, 0.99, 1.0)
            .map(part -> Distribution.text(lengths.quantileMs(part)))
            .toList();
  }

  private List<Map<String, Object>> faults() {
    return recording.injected().stream()
        .map(
            injected ->
                row(
                    "number", injected.fault().number(),
                    "at", seconds(injected.atMs()),
                    "label", injected.fault().kind().label(),
                    "colour", Colours.of(injected.fault().kind()),
                    "length",
                        injected.fault().lengthMs() == 0 || injected.skipped().isPresent()
                            ? ""
                            : Distribution.text(injected.fault().lengthMs()),
                    "victim", injected.victim(),
                    "rowClass", injected.skipped().isPresent() ? "skipped" : "",
                    "followed", followed(injected)))
        .toList();
  }

  private String followed(Recording.Injected injected) {
    if (injected.skipped().isPresent()) {
      return "skipped: " + injected.skipped().get();
    }
    List<Move> moves = aftermath.of(injected.fault().number());
    return moves.isEmpty() ? "no session lost its link" : Sentences.of(moves, doors());
  }

  /** The servers' numbers by their doors. */
  private Map<Integer, Integer> doors() {
    Map<Integer, Integer> doors = new HashMap<>();
    facts.doors().forEach(door -> doors.put(door, doors.size() + 1));
    return doors;
  }

  private List<String> unexplained() {
    List<Move> moves = aftermath.unexplained();
    return moves.isEmpty()
        ? List.of()
        : List.of("Not explained by any fault: " + Sentences.of(moves, doors()));
  }

  private String clientsText() {
    Plan plan = facts.plan();
    return String.format(
        Locale.ROOT,
        "%d at a time, %d connections each. Every client checks all that it receives against what"
            + " it must receive. %d of %d ended right.",
        plan.clients(),
        plan.connections(),
        recording.count(Outcome.RIGHT),
        recording.results().size());
  }

  private List<Map<String, Object>> wrongClients() {
    List<ClientRun.Result> wrong =
        recording.results().stream().filter(result -> result.outcome() != Outcome.RIGHT).toList();
    return wrong.isEmpty() ? List.of() : List.of(row("rows", clients(wrong)));
  }

  private List<Map<String, Object>> clients(List<ClientRun.Result> results) {
    return results.stream()
        .map(
            result ->
                row(
                    "name", (result.id().place() + 1) + "-" + (result.id().round() + 1),
                    "from", seconds(result.startMs()),
                    "to", seconds(result.endMs()),
                    "seed", result.id().seed(),
                    "units", amount(result.done()),
                    "gap", Distribution.text(result.longestGapMs()),
                    "rowClass", result.outcome() == Outcome.RIGHT ? "" : "bad",
                    "outcome", result.outcome().text(),
                    "verdict", result.verdict()))
        .toList();
  }

  private List<Map<String, Object>> troubles() {
    return trace.troubles().stream()
        .limit(MAX_TROUBLES)
        .map(
            trouble ->
                row(
                    "at", seconds(trouble.line().timeMs() - facts.zeroWallMs()),
                    "who", trouble.who(),
                    "text", trouble.line().level() + " " + trouble.line().text()))
        .toList();
  }

  private Map<String, Object> series() {
    Workload.Unit unit = facts.plan().workload().unit();
    double bucketSeconds = Recording.BUCKET_MS / 1e3;
    List<Double> time = new ArrayList<>();
    List<Double> rate = new ArrayList<>();
    for (long units : recording.buckets()) {
      time.add((time.size() + 1) * bucketSeconds);
      rate.add(unit.of(units) / bucketSeconds);
    }
    List<Recording.Gap> gaps = recording.gaps();
    return row(
        "clients", time.stream().map(second -> atWork(Math.round(second * 1e3))).toList(),
        "unit", unit.text(),
        "time", time,
        "rate", rate,
        "gapTime", gaps.stream().map(gap -> gap.endMs() / 1e3).toList(),
        "gapMs", gaps.stream().map(Recording.Gap::lengthMs).toList(),
        "faultsEnd", facts.plan().totalMs() / 1e3,
        "longestMs", recording.longestGapMs(),
        "bars", new Distribution(gaps.stream().map(Recording.Gap::lengthMs).toList()).bars(),
        "faults", marks());
  }

  private long atWork(long atMs) {
    return recording.results().stream().filter(result -> result.isAtWork(atMs)).count();
  }

  private List<Map<String, Object>> marks() {
    return recording.injected().stream()
        .filter(injected -> injected.skipped().isEmpty())
        .map(
            injected ->
                row(
                    "number",
                    injected.fault().number(),
                    "from",
                    injected.atMs() / 1e3,
                    "to",
                    (injected.atMs() + injected.fault().lengthMs()) / 1e3,
                    "colour",
                    Colours.of(injected.fault().kind())))
        .toList();
  }

  private long moves(Move.Kind kind) {
    return count(trace.moves(), kind);
  }

  private static long count(List<Move> moves, Move.Kind kind) {
    return moves.stream().filter(move -> move.kind() == kind).count();
  }

  private String amount(long units) {
    double amount = facts.plan().workload().unit().of(units);
    return String.format(Locale.ROOT, amount == Math.rint(amount) ? "%,.0f" : "%,.1f", amount);
  }

  private static String seconds(long ms) {
    return String.format(Locale.ROOT, "%.1f s", ms / 1e3);
  }

  /** Names and values in turns. */
  private static Map<String, Object> row(Object... namesAndValues) {
    Map<String, Object> row = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      row.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return row;
  }

  /**
   * What is known beside the recording.
   *
   * @param plan what was to be done
   * @param zeroWallMs the wall clock's time at the run's zero
   * @param doors of the servers, in their order
   * @param missing faults that could not be injected here, and why
   * @param command that repeats the run
   * @param machine where it ran
   */
  record Facts(
      Plan plan,
      long zeroWallMs,
      List<Integer> doors,
      Map<FaultKind, String> missing,
      String command,
      String machine) {}

  /** Moves in words. */
  private static final class Sentences {

    private Sentences() {}

    static String of(List<Move> moves, Map<Integer, Integer> doors) {
      List<String> parts = new ArrayList<>();
      doors.forEach(
          (door, number) -> {
            long count =
                moves.stream()
                    .filter(m -> m.kind() == Move.Kind.TAKEOVER && m.toDoor() == door)
                    .count();
            if (count > 0) {
              parts.add(count + " taken over by server " + number);
            }
          });
      long resumed = count(moves, Move.Kind.RESUME);
      if (resumed > 0) {
        parts.add(resumed + " resumed");
      }
      long longestMs = moves.stream().mapToLong(Move::stallMs).max().orElse(0);
      long replayed = moves.stream().mapToLong(Move::replayedBytes).sum();
      Optional<String> cause = moves.stream().map(Move::cause).findFirst();
      return String.join(", ", parts)
          + "; longest stall "
          + Distribution.text(longestMs)
          + (replayed > 0 ? ", " + bytes(replayed) + " replayed" : "")
          + cause.map(text -> "; first cause: " + text).orElse("");
    }

    private static String bytes(long count) {
      if (count < 1 << 10) {
        return count + " B";
      }
      return count < 1 << 20
          ? String.format(Locale.ROOT, "%.1f kB", count / 1024.0)
          : String.format(Locale.ROOT, "%.1f MB", count / 1048576.0);
    }
  }
}

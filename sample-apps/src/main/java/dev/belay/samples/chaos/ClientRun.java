package dev.belay.samples.chaos;

import dev.belay.samples.launch.Child;
import dev.belay.samples.launch.Ports;
import dev.belay.samples.launch.Program;
import dev.belay.samples.launch.Step;
import dev.belay.samples.program.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/** One client from its start to its verdict. Used by the thread of the timeline. */
final class ClientRun {

  private static final int GAP_FIELDS = 3;
  private static final List<String> REASONS =
      List.of("session lost:", "diverged:", "connection not protected:");

  private final Id id;
  private final Setup setup;
  private final Timeline timeline;
  private final Recording recording;
  private final long startMs;
  private Child child;
  private long workMs = Long.MAX_VALUE;
  private long done;
  private long longestGapMs;
  private String verdict = "said nothing";

  private ClientRun(Id id, Setup setup, Timeline timeline, Recording recording) {
    this.id = id;
    this.setup = setup;
    this.timeline = timeline;
    this.recording = recording;
    this.startMs = timeline.nowMs();
  }

  /** Starts a client; {@code ended} is called when it has ended and all it said is known. */
  static ClientRun start(Start start, Timeline timeline, Recording recording) throws IOException {
    ClientRun run = new ClientRun(start.id(), start.setup(), timeline, recording);
    String port = String.valueOf(start.servers().get(0).service());
    run.child =
        Child.start(
            start.setup().client(start.servers()),
            start.program().with("--port", port, "--progress", "--gaps", "" + Recording.GAP_MS),
            start.setup().clientLog(start.id().place(), start.id().round()),
            line -> timeline.post(() -> run.take(line)));
    return run;
  }

  /** Whether it has ended. */
  boolean isEnded() {
    return !child.isAlive();
  }

  /** The process. */
  long pid() {
    return child.pid();
  }

  /** Waits for the last lines of a client that has ended, and says how it ended. */
  Result result() throws InterruptedException, IOException {
    child.awaitEnd(10_000);
    timeline.runPosted();
    return result(outcome(child.exitStatus()));
  }

  /** Ends a client that does not come to its end by itself. */
  Result giveUp() {
    child.kill();
    return result(Outcome.HUNG);
  }

  private Result result(Outcome outcome) {
    return new Result(id, startMs, workMs, timeline.nowMs(), outcome, verdict, done, longestGapMs);
  }

  private void take(String line) {
    Optional<Step> step = Step.parse(line);
    if (step.isPresent()) {
      recording.progress(timeline.nowMs(), step.get().done() - done);
      done = step.get().done();
      workMs = done > 0 ? Math.min(workMs, timeline.nowMs()) : workMs;
      longestGapMs = step.get().longestGapMs();
    } else if (line.startsWith(Progress.GAP_WORD + " ")) {
      String[] words = line.split(" ", GAP_FIELDS);
      recording.gap(timeline.nowMs(), Long.parseLong(words[GAP_FIELDS - 1]));
    } else {
      verdict = line;
    }
  }

  private Outcome outcome(int exitStatus) throws IOException {
    Optional<String> reason = reasonInLog();
    Outcome outcome = Outcome.of(exitStatus, verdict, reason.isPresent());
    if (outcome == Outcome.LOST) {
      verdict = verdict + "; agent: " + reason.get();
    }
    return outcome;
  }

  private Optional<String> reasonInLog() throws IOException {
    String log = Files.readString(setup.clientLog(id.place(), id.round()), StandardCharsets.UTF_8);
    return log.lines()
        .filter(line -> REASONS.stream().anyMatch(line::contains))
        .map(line -> line.substring(line.indexOf(' ') + 1))
        .findFirst();
  }

  /**
   * Which client it is.
   *
   * @param place one after the other work in the same place, counted from 0
   * @param round how many were there before
   * @param seed of its data
   * @param seconds it would work if nothing held it up
   */
  record Id(int place, int round, long seed, int seconds) {}

  /**
   * With what it is started.
   *
   * @param id which it is
   * @param program what it does, without port
   * @param servers in the order in which it tries them
   * @param setup the JVM
   */
  record Start(Id id, Program program, List<Ports> servers, Setup setup) {}

  /**
   * How it ended.
   *
   * @param id which it was
   * @param startMs when it was started
   * @param workMs when it had done its first work, or never
   * @param endMs when it ended
   * @param outcome in one word
   * @param verdict in its own words, and the agent's
   * @param done units of work, as it counts them
   * @param longestGapMs longest wait for its server
   */
  record Result(
      Id id,
      long startMs,
      long workMs,
      long endMs,
      Outcome outcome,
      String verdict,
      long done,
      long longestGapMs) {

    /** Whether it was at work then. */
    boolean isAtWork(long atMs) {
      return workMs <= atMs && atMs < endMs;
    }
  }
}

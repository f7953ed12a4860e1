package dev.belay.samples.chaos;

import dev.belay.samples.chaos.fault.Network;
import dev.belay.samples.launch.Program;
import dev.belay.samples.media.MediaClient;
import dev.belay.samples.media.MediaServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Streams at full speed while all sessions are driven from one server to the other and back, first
 * never, then each interval. Used by one thread; {@link #close} ends every process.
 */
final class MigrationRun implements AutoCloseable {

  private static final long START_TIMEOUT_MS = 60_000;
  private static final long WARM_UP_MS = 8_000;
  private static final long REST_MS = 2_000;
  private static final long END_TIMEOUT_MS = 60_000;
  private static final long END_POLL_MS = 50;

  private final Settings settings;
  private final Setup setup;
  private final Network network;
  private final Timeline timeline = new Timeline();
  private final Recording recording = new Recording();
  private final List<ServerPlace> servers = new ArrayList<>();
  private ClientRun client;
  private int migrations;

  MigrationRun(Settings settings, Setup setup, Network network) {
    this.settings = settings;
    this.setup = setup;
    this.network = network;
  }

  /** Runs all steps; each is told as soon as it is measured. */
  List<Step> run(Consumer<Step> listener) throws IOException, InterruptedException {
    for (int number = 0; number < 2; number++) {
      servers.add(ServerPlace.start(number, new Program(MediaServer.class), setup, timeline));
    }
    boolean ready =
        timeline.runUntil(
            () -> servers.stream().allMatch(ServerPlace::isListening), START_TIMEOUT_MS);
    if (!ready) {
      throw new IOException("the servers did not start, see " + setup.logs());
    }
    timeline.startClock();
    client = startClient();
    if (!timeline.runUntil(() -> recording.units() > 0, START_TIMEOUT_MS)) {
      throw new IOException("the client did not start, see " + setup.logs());
    }
    rest(WARM_UP_MS);
    List<Step> steps = new ArrayList<>();
    for (long intervalMs : settings.schedule()) {
      Step step = measure(intervalMs);
      steps.add(step);
      listener.accept(step);
      servers.forEach(server -> timeline.post(() -> network.restore(server.ports())));
      rest(REST_MS);
    }
    return steps;
  }

  /** Waits for the client's verdict. */
  ClientRun.Result conclude() throws IOException, InterruptedException {
    awaitEnd();
    long deadlineMs = timeline.nowMs() + END_TIMEOUT_MS;
    return timeline.runUntil(client::isEnded, deadlineMs) ? client.result() : client.giveUp();
  }

  /** The wall clock's time at the run's zero. */
  long zeroWallMs() {
    return timeline.zeroWallMs();
  }

  /** Ends every process. */
  @Override
  public void close() throws IOException, InterruptedException {
    if (client != null && !client.isEnded()) {
      client.giveUp();
    }
    for (ServerPlace server : servers) {
      server.kill();
    }
  }

  private ClientRun startClient() throws IOException {
    int seconds = (int) (settings.totalMs() / 1_000);
    Program program =
        new Program(
            MediaClient.class,
            "--name",
            "generated:" + settings.seed() + ":" + settings.sessionBytes(),
            "--connections",
            String.valueOf(settings.connections()),
            "--seconds",
            String.valueOf(seconds));
    ClientRun.Id id = new ClientRun.Id(0, 0, settings.seed(), seconds);
    return ClientRun.start(
        new ClientRun.Start(id, program, servers.stream().map(ServerPlace::ports).toList(), setup),
        timeline,
        recording);
  }

  private Step measure(long intervalMs) throws IOException, InterruptedException {
    long beginMs = timeline.nowMs();
    long unitsBefore = recording.units();
    int migrationsBefore = migrations;
    long endMs = beginMs + settings.windowMs(intervalMs);
    if (intervalMs > 0) {
      timeline.at(beginMs + intervalMs / 2, () -> migrate(intervalMs, endMs));
    }
    if (timeline.runUntil(client::isEnded, endMs)) {
      throw new IOException("the client ended too early: " + client.result().verdict());
    }
    double seconds = (timeline.nowMs() - beginMs) / 1e3;
    return new Step(
        intervalMs,
        (recording.units() - unitsBefore) / seconds,
        migrations - migrationsBefore,
        new Span(beginMs),
        new Span(timeline.nowMs()));
  }

  /** The other server is open again before this one is closed. */
  private void migrate(long intervalMs, long untilMs) throws IOException, InterruptedException {
    long beganMs = timeline.nowMs();
    ServerPlace from = servers.get(migrations % 2);
    ServerPlace to = servers.get((migrations + 1) % 2);
    network.restore(to.ports());
    network.evict(from.ports());
    migrations++;
    if (beganMs + intervalMs < untilMs) {
      timeline.at(beganMs + intervalMs, () -> migrate(intervalMs, untilMs));
    }
  }

  private void rest(long lengthMs) throws IOException, InterruptedException {
    if (timeline.runUntil(client::isEnded, timeline.nowMs() + lengthMs)) {
      throw new IOException("the client ended too early: " + client.result().verdict());
    }
  }

  private void awaitEnd() {
    if (!client.isEnded()) {
      timeline.after(END_POLL_MS, this::awaitEnd);
    }
  }

  /**
   * What is measured.
   *
   * @param intervalsMs between migrations
   * @param perStep migrations in each step, at least
   * @param sessionBytes length of each stream; the next begins when one has ended
   * @param connections streams at the same time
   * @param seed of the bytes
   */
  record Settings(
      List<Long> intervalsMs, int perStep, long sessionBytes, int connections, long seed) {

    private static final long SHORTEST_WINDOW_MS = 10_000;

    /** The client's time begins when it connects, ours when it has got something. */
    private static final long RESERVE_MS = 10_000;

    /** The steps in their order: an undisturbed one (0) before and after each of the others. */
    List<Long> schedule() {
      List<Long> all = new ArrayList<>(List.of(0L));
      for (long intervalMs : intervalsMs) {
        all.addAll(List.of(intervalMs, 0L));
      }
      return all;
    }

    /** How long a step is measured. */
    long windowMs(long intervalMs) {
      return Math.max(SHORTEST_WINDOW_MS, perStep * intervalMs);
    }

    /** How long all of it takes. */
    long totalMs() {
      long steps = schedule().stream().mapToLong(step -> windowMs(step) + REST_MS).sum();
      return WARM_UP_MS + steps + RESERVE_MS;
    }
  }

  /**
   * One step, measured.
   *
   * @param intervalMs between migrations, 0 if undisturbed
   * @param unitsPerSecond throughput
   * @param migrations in this step
   * @param begin since the run's zero
   * @param end likewise
   */
  record Step(long intervalMs, double unitsPerSecond, int migrations, Span begin, Span end) {}
}

package dev.belay.samples.chaos;

import dev.belay.samples.chaos.fault.Network;
import dev.belay.samples.chaos.trace.Trace;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The experiment of the paper that Belay's idea is from (USITS 2001, section 6): throughput of
 * streams at full speed against the interval between forced migrations.
 */
@Command(
    name = "migrations",
    description = {
      "Measures the throughput of streams at full speed whose sessions are all driven to the other"
          + " server each interval, next to the undisturbed rate, and draws the curve.",
      ""
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    sortOptions = false,
    usageHelpAutoWidth = true)
final class Migrations implements Callable<Integer> {

  @Option(
      names = "--intervals",
      split = ",",
      description = "Between two forced migrations.",
      converter = Span.Converter.class,
      defaultValue = "500ms,1s,2s,3s,5s,10s,20s,30s")
  private List<Span> intervals;

  @Option(names = "--per-step", description = "Least migrations for each interval.")
  private int perStep = 3;

  @Option(
      names = "--session",
      description = "Megabytes of each stream; another one follows when it has ended.")
  private int sessionMegabytes = 64;

  @Option(names = "--connections", description = "Streams at the same time.")
  private int connections = 2;

  @Option(names = "--seed", description = "Where the bytes come from.")
  private long seed = 1;

  @Mixin private Place place;

  private final PrintStream out = System.out;

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (Network network = Network.open()) {
      if (!network.canEvict()) {
        throw new IOException(
            "sessions are driven away by ss -K and the packet filter, which do not work here: "
                + network.missing().values());
      }
      return run(network);
    }
  }

  private int run(Network network) throws IOException, InterruptedException {
    List<Long> intervalsMs = intervals.stream().map(Span::ms).toList();
    MigrationRun.Settings settings =
        new MigrationRun.Settings(
            intervalsMs, perStep, (long) sessionMegabytes << 20, connections, seed);
    Setup setup = place.setup();
    out.println("migrations: about " + new Span(settings.totalMs()) + ", logs " + setup.logs());
    List<MigrationRun.Step> steps;
    ClientRun.Result result;
    long zeroWallMs;
    try (MigrationRun run = new MigrationRun(settings, setup, network)) {
      steps = run.run(step -> out.println("  " + text(step)));
      out.println("  waiting for the client's verdict");
      result = run.conclude();
      zeroWallMs = run.zeroWallMs();
    }
    new MigrationReport(settings, steps, result, zeroWallMs)
        .write(place.report("migrations"), Trace.read(setup.logs()), command(), place.machine());
    out.println("client:  " + result.verdict());
    out.println("report:  " + place.report("migrations").toAbsolutePath().normalize());
    return result.outcome() == Outcome.RIGHT ? 0 : 1;
  }

  private String command() {
    return place
        .command(
            List.of(
                "--intervals="
                    + intervals.stream().map(Span::toString).collect(Collectors.joining(",")),
                "--per-step=" + perStep,
                "--session=" + sessionMegabytes,
                "--connections=" + connections,
                "--seed=" + seed))
        .replace(".jar --intervals", ".jar migrations --intervals");
  }

  private static String text(MigrationRun.Step step) {
    double rate = Workload.Unit.MEGABYTES.of(step.unitsPerSecond());
    return step.intervalMs() == 0
        ? String.format(Locale.ROOT, "%-12s %8.1f MB/s", "undisturbed", rate)
        : String.format(
            Locale.ROOT,
            "every %-6s %8.1f MB/s, %d migrations",
            new Span(step.intervalMs()),
            rate,
            step.migrations());
  }
}

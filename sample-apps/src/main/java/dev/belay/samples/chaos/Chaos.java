package dev.belay.samples.chaos;

import dev.belay.samples.chaos.fault.FaultKind;
import dev.belay.samples.chaos.fault.Network;
import dev.belay.samples.chaos.fault.Schedule;
import dev.belay.samples.chaos.trace.Trace;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The chaos runner's main. Its exit status is 0 only if every client got everything right and at
 * least one fault was injected; 1 if not; 2 if the run itself was not possible.
 */
@Command(
    name = "java -jar belay-chaos.jar",
    description = {
      "Starts servers and clients of a sample application under the agent, does damage to the"
          + " servers at random but seeded moments, checks every stream end to end, and writes one"
          + " HTML report.",
      ""
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    footer = {
      "",
      "Exit status: 0 if everything was right, 1 if not, 2 if the run was not possible.",
      "Resets and silence need CAP_NET_ADMIN. Without it, in a network of its own:",
      "  unshare -rn sh -c 'ip link set lo up && java -jar belay-chaos.jar'"
    },
    subcommands = Migrations.class)
public final class Chaos implements Callable<Integer> {

  @Option(names = "--app", description = "One of: ${COMPLETION-CANDIDATES}.")
  private Workload workload = Workload.CALCULATOR;

  @Option(
      names = "--time",
      description = "How long faults are injected, such as 90s or 10m.",
      converter = Span.Converter.class)
  private Span time = new Span(60_000);

  @Option(
      names = "--seed",
      description = "Repeats faults and work of another run; default: a new one.",
      showDefaultValue = Visibility.NEVER)
  private Optional<Long> seed = Optional.empty();

  @Option(
      names = "--faults",
      split = ",",
      description = "Which, of: ${COMPLETION-CANDIDATES}; default: all.",
      showDefaultValue = Visibility.NEVER)
  private List<FaultKind> kinds = new ArrayList<>(List.of(FaultKind.values()));

  @Option(
      names = "--every",
      description = "Shortest and longest time from the beginning of a fault to that of the next.",
      converter = Span.RangeConverter.class,
      defaultValue = "1s-5s")
  private Schedule.Range every;

  @Option(
      names = "--work",
      description =
          "For how long a client works, shortest and longest, in whole seconds; then another one"
              + " takes its place.",
      converter = Span.RangeConverter.class,
      defaultValue = "3s-15s")
  private Schedule.Range work;

  @Option(names = "--servers", description = "Servers in the support group.")
  private int servers = 3;

  @Option(names = "--clients", description = "Clients at work at the same time.")
  private int clients = 3;

  @Option(names = "--connections", description = "Connections of each client.")
  private int connections = 4;

  @Mixin private Place place;
  @Spec private CommandSpec spec;

  private PrintStream out = System.out;

  /** Runs it. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  /** The command line, which runs it in this JVM, the children in others. */
  static CommandLine commandLine() {
    return new CommandLine(new Chaos())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(
            (e, args) -> {
              e.getCommandLine().getErr().println("chaos: " + e.getMessage() + "; see --help");
              return 2;
            })
        .setExecutionExceptionHandler(
            (e, commandLine, result) -> {
              commandLine.getErr().println("chaos: " + e.getMessage());
              return 2;
            });
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (Network network = Network.open()) {
      return run(network, plan(network));
    }
  }

  private Plan plan(Network network) {
    List<FaultKind> possible = new ArrayList<>(kinds);
    possible.removeAll(network.missing().keySet());
    if (possible.isEmpty()
        || servers < 2
        || clients < 1
        || connections < 1
        || work.leastMs() < 1_000) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "nothing to do: faults possible here "
              + possible
              + ", at least 2 servers, 1 client,"
              + " 1 connection and 1s of work");
    }
    return new Plan(
        workload,
        seed.orElseGet(() -> ThreadLocalRandom.current().nextLong(1, 1_000_000)),
        time.ms(),
        servers,
        clients,
        connections,
        List.copyOf(possible),
        every,
        work);
  }

  private int run(Network network, Plan plan) throws IOException, InterruptedException {
    Setup setup = place.setup();
    String command = place.command(plan.options());
    out.println("chaos: " + plan.workload() + ", seed " + plan.seed() + ", logs " + setup.logs());
    for (FaultKind kind : kinds) {
      String why = network.missing().get(kind);
      if (why != null) {
        out.println("SKIPPED: no " + kind + " in this run, since " + why);
      }
    }
    Screen screen = new Screen(out, Place.isTerminal(), plan);
    Recording recording;
    ChaosReport.Facts facts;
    try (ChaosRun run = new ChaosRun(plan, setup, network, screen)) {
      recording = run.run();
      facts =
          new ChaosReport.Facts(
              plan, run.zeroWallMs(), run.doors(), missing(network), command, place.machine());
    }
    new ChaosReport(facts, recording, Trace.read(setup.logs())).write(place.report("chaos"));
    return conclude(Verdict.on(recording), command);
  }

  private Map<FaultKind, String> missing(Network network) {
    Map<FaultKind, String> missing = new java.util.TreeMap<>(network.missing());
    missing.keySet().retainAll(kinds);
    return missing;
  }

  private int conclude(Verdict verdict, String command) {
    Path report = place.report("chaos").toAbsolutePath().normalize();
    out.println("verdict: " + (verdict.isRight() ? "right, " : "WRONG, ") + verdict.reason());
    out.println("report:  " + report);
    out.println("again:   " + command);
    return verdict.isRight() ? 0 : 1;
  }
}

package dev.belay.samples.demo;

import dev.belay.samples.launch.Protection;
import dev.belay.samples.program.Arguments;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The demo's main: a file, a transaction or a calculation survives two kills of its server. The
 * exit status is 0 only if the client got everything right and both kills happened in mid-stream.
 */
public final class Demo {

  private static final String USAGE =
      "usage: demo [FILE | jdbc | calculator] [--no-agent] [--logs DIR]\n"
          + "\n"
          + "Starts two servers and a client, each a JVM of its own with the agent attached, kills"
          + " the\n"
          + "serving server twice with kill -9 while data flows, and checks what the client got.\n"
          + "\n"
          + "  FILE        stream this file, at least 16 MB; default: the JDK's lib/modules\n"
          + "  jdbc        one transaction over JDBC with an unmodified H2 server\n"
          + "  calculator  question and answer, each reply depending on all before it\n"
          + "  --no-agent  the same without the agent, to see the client fail\n"
          + "  --logs DIR  keep the logs of the JVMs here; default: a temporary directory, kept"
          + " if\n"
          + "              something was wrong\n"
          + "\n"
          + "Exit status: 0 if everything was right, 1 if not, 2 if the demo itself could not run.";

  private Demo() {}

  /** Runs the demo. */
  public static void main(String[] args) {
    System.exit(run(System.out, args));
  }

  /**
   * Runs the demo inside this JVM, the servers and the client in others; returns the exit status.
   */
  static int run(PrintStream out, String... args) {
    if (List.of(args).contains("--help")) {
      out.println(USAGE);
      return 0;
    }
    try {
      return run(out, Arguments.parse(Set.of("no-agent", "terminal"), args)) ? 0 : 1;
    } catch (IOException | IllegalArgumentException e) {
      out.println("demo: " + e.getMessage());
      return 2;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 2;
    }
  }

  private static boolean run(PrintStream out, Arguments arguments)
      throws IOException, InterruptedException {
    Protection protection = protection(arguments);
    boolean terminal = arguments.flag("terminal");
    Optional<Path> keptLogs = arguments.text("logs").map(Path::of);
    arguments.rejectUnread();
    Scenario scenario = Scenario.named(arguments.positional().stream().findFirst());
    Path logs =
        keptLogs.isPresent()
            ? Files.createDirectories(keptLogs.get())
            : Files.createTempDirectory("belay-demo-");
    DemoServer.Launch launch = new DemoServer.Launch(scenario, protection, logs);
    out.println(scenario.title() + (protection.agent().isEmpty() ? ", without the agent" : ""));
    boolean right;
    try (DemoRun run = new DemoRun(launch, new Screen(out, terminal, scenario.unit()))) {
      right = run.run(out);
    }
    if (right && keptLogs.isEmpty()) {
      deleteLogs(logs);
    } else {
      out.println("  logs           " + logs);
    }
    out.println(right ? "verdict: right" : "verdict: WRONG");
    return right;
  }

  private static void deleteLogs(Path logs) throws IOException {
    try (Stream<Path> files = Files.list(logs)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(logs);
  }

  private static Protection protection(Arguments arguments) throws IOException {
    Optional<Path> agent = arguments.text("agent").map(Path::of);
    if (arguments.flag("no-agent")) {
      return new Protection(Optional.empty());
    }
    if (agent.isEmpty() || !Files.isReadable(agent.get())) {
      throw new IOException("no agent jar; give --agent PATH or --no-agent");
    }
    return new Protection(agent);
  }
}

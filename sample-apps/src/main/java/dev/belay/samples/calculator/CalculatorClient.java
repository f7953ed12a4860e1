package dev.belay.samples.calculator;

import dev.belay.samples.program.Arguments;
import dev.belay.samples.program.ClientProgram;
import dev.belay.samples.program.Connections;
import dev.belay.samples.program.Dialogue;
import dev.belay.samples.program.Endpoint;
import dev.belay.samples.program.LineClient;
import dev.belay.samples.program.Progress;
import dev.belay.samples.program.WrongDataException;
import java.io.IOException;
import java.io.PrintStream;

/** Sends calculations drawn from a seed and checks every reply against its own model. */
public final class CalculatorClient {

  private static final String USAGE =
      "usage: CalculatorClient [--host 127.0.0.1] [--port 7001] [--requests 1000] [--seed 1]"
          + " [--rate PER_SECOND]\n"
          + "  [--window 1] [--connections 1] [--visits 1] [--timeout MS] [--progress]\n"
          + "rate, requests and window are those of each connection, which is opened and closed for"
          + " each visit;\n"
          + "without a timeout reads wait for ever";

  private static final int MAX_VISITS = 1_000_000;

  private CalculatorClient() {}

  /** Runs the client by hand. */
  public static void main(String[] args) {
    System.exit(run(System.out, args));
  }

  /** Runs the client inside this JVM; returns its exit status. */
  public static int run(PrintStream out, String... args) {
    return new ClientProgram(USAGE, CalculatorClient::calculate).run(out, args);
  }

  private static String calculate(Arguments arguments, PrintStream out) throws Exception {
    Endpoint server = Endpoint.from(arguments, CalculatorServer.DEFAULT_PORT);
    Dialogue.Settings settings = Dialogue.Settings.from(arguments, "requests");
    int connections = arguments.number("connections", 1, 1, Connections.MAX);
    int visits = arguments.number("visits", 1, 1, MAX_VISITS);
    int timeoutMs = arguments.timeoutMs();
    long seed = arguments.seed();
    try (Progress progress = Progress.start(arguments, out)) {
      arguments.rejectUnread();
      progress.expect((long) connections * visits * settings.count());
      Connections.runAll(
          connections,
          number -> {
            for (int visit = 0; visit < visits; visit++) {
              try (LineClient client = new LineClient(server, timeoutMs, progress)) {
                long own = seed + number + (long) visit * connections;
                calculate(client, new Dialogue(client, settings, progress), own);
              }
            }
          });
      return "connections=" + connections + " requests=" + progress.done() + " " + progress.times();
    }
  }

  private static void calculate(LineClient client, Dialogue dialogue, long seed)
      throws IOException, WrongDataException {
    dialogue.run(new CalculationScript(seed));
    client.endOutput();
    client.requireEnd();
  }
}

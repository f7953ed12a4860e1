package dev.belay.samples.program;

import java.io.PrintStream;
import java.util.List;
import java.util.Set;

/**
 * Frame of a server's main: parses the command line, starts the server and prints {@code listening
 * on HOST:PORT} once it is ready. The server's own threads keep the JVM alive.
 */
public final class ServerProgram {

  private final String usage;
  private final Starter starter;

  /**
   * A server.
   *
   * @param usage printed for {@code --help}
   * @param starter starts the server and returns where it listens
   */
  public ServerProgram(String usage, Starter starter) {
    this.usage = usage;
    this.starter = starter;
  }

  /** Starts the server; returns 0, or 2 if it could not start. */
  public int run(PrintStream out, String... args) {
    if (List.of(args).contains("--help")) {
      out.println(usage);
      return ClientProgram.RIGHT;
    }
    try {
      out.println(starter.start(Arguments.parse(Set.of(), args)).listeningLine());
      out.flush();
      return ClientProgram.RIGHT;
    } catch (Exception e) {
      out.println("failed: " + ClientProgram.describe(e));
      return ClientProgram.FAILED;
    }
  }

  /** The same for a main: leaves the JVM only if the server could not start. */
  public void runOrExit(String... args) {
    int status = run(System.out, args);
    if (status != ClientProgram.RIGHT) {
      System.exit(status);
    }
  }

  /** Starts a server. */
  @FunctionalInterface
  public interface Starter {

    /** Returns where the server now listens. */
    Endpoint start(Arguments arguments) throws Exception;
  }
}

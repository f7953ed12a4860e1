package dev.belay.samples.jdbc;

import dev.belay.samples.program.Arguments;
import dev.belay.samples.program.ClientProgram;
import dev.belay.samples.program.Connections;
import dev.belay.samples.program.Endpoint;
import dev.belay.samples.program.Progress;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.DriverManager;

/** Runs one long transaction over JDBC and checks every row that comes back. */
public final class JdbcClient {

  private static final String USAGE =
      "usage: JdbcClient [--host 127.0.0.1] [--port 7005] [--rows 1000] [--pause MS] [--seed 1]\n"
          + "  [--connections 1] [--progress]\n"
          + "pause is between two statements; rows and pause are those of each connection";

  private JdbcClient() {}

  /** Runs the client by hand. */
  public static void main(String[] args) {
    System.exit(run(System.out, args));
  }

  /** Runs the client inside this JVM; returns its exit status. */
  public static int run(PrintStream out, String... args) {
    return new ClientProgram(USAGE, JdbcClient::transact).run(out, args);
  }

  /**
   * A database without a name exists for the one connection that creates it and dies with it. So
   * the server's bytes depend on no other session, and a fresh server can play the same part.
   */
  static String url(Endpoint server) {
    return "jdbc:h2:tcp://" + server.host() + ":" + server.port() + "/mem:";
  }

  private static String transact(Arguments arguments, PrintStream out) throws Exception {
    Endpoint server = Endpoint.from(arguments, JdbcServer.DEFAULT_PORT);
    Ledger.Settings settings =
        new Ledger.Settings(
            arguments.number("rows", 1000, 1, 10_000_000),
            arguments.number("pause", 0, 0, 60_000),
            arguments.seed());
    int connections = arguments.number("connections", 1, 1, Connections.MAX);
    try (Progress progress = Progress.start(arguments, out)) {
      arguments.rejectUnread();
      progress.expect(connections * settings.steps());
      Connections.runAll(
          connections,
          number -> {
            try (Connection connection = DriverManager.getConnection(url(server), "sa", "")) {
              new Ledger(connection, settings.forConnection(number), progress).run();
            }
          });
      return "connections="
          + connections
          + " rows="
          + settings.rows()
          + " steps="
          + progress.done()
          + " "
          + progress.times();
    }
  }
}

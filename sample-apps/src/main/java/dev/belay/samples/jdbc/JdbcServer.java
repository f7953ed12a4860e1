package dev.belay.samples.jdbc;

import dev.belay.samples.program.Arguments;
import dev.belay.samples.program.Endpoint;
import dev.belay.samples.program.ServerProgram;
import java.sql.SQLException;
import org.h2.tools.Server;

/** The H2 TCP server as it comes, letting clients create in-memory databases. */
public final class JdbcServer {

  /** Port of server and client unless {@code --port} says otherwise. */
  static final int DEFAULT_PORT = 7005;

  private static final String USAGE = "usage: JdbcServer [--host 127.0.0.1] [--port 7005]";

  private JdbcServer() {}

  /** Starts the server by hand. */
  public static void main(String[] args) {
    new ServerProgram(USAGE, JdbcServer::start).runOrExit(args);
  }

  private static Endpoint start(Arguments arguments) throws SQLException {
    Endpoint requested = Endpoint.from(arguments, DEFAULT_PORT);
    arguments.rejectUnread();
    return requested.withPort(start(requested).getPort());
  }

  /** Starts a server inside this JVM; the caller stops it. */
  public static Server start(Endpoint requested) throws SQLException {
    System.setProperty("h2.bindAddress", requested.host());
    return Server.createTcpServer("-tcpPort", String.valueOf(requested.port()), "-ifNotExists")
        .start();
  }
}

package dev.belay.samples.calculator;

import dev.belay.samples.program.Arguments;
import dev.belay.samples.program.Endpoint;
import dev.belay.samples.program.Lines;
import dev.belay.samples.program.ServerProgram;
import dev.belay.samples.program.ThreadedServer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Optional;

/** Blocking server with one {@link Calculator} and one thread for each connection. */
public final class CalculatorServer {

  /** Port of server and client unless {@code --port} says otherwise. */
  static final int DEFAULT_PORT = 7001;

  private static final String USAGE = "usage: CalculatorServer [--host 127.0.0.1] [--port 7001]";

  private CalculatorServer() {}

  /** Starts the server by hand. */
  public static void main(String[] args) {
    new ServerProgram(USAGE, CalculatorServer::start).runOrExit(args);
  }

  private static Endpoint start(Arguments arguments) throws IOException {
    Endpoint requested = Endpoint.from(arguments, DEFAULT_PORT);
    arguments.rejectUnread();
    return start(requested).endpoint();
  }

  /** Starts a server inside this JVM. */
  public static ThreadedServer start(Endpoint requested) throws IOException {
    return ThreadedServer.start(requested, CalculatorServer::converse);
  }

  private static void converse(Socket socket) throws IOException {
    Lines requests = new Lines(new BufferedInputStream(socket.getInputStream()));
    OutputStream out = socket.getOutputStream();
    Calculator calculator = new Calculator();
    for (Optional<String> next = requests.next(); next.isPresent(); next = requests.next()) {
      out.write(Lines.encode(calculator.reply(next.get())));
    }
  }
}

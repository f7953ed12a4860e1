package dev.belay.samples.program;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Exit status and output of a program that ran inside this JVM. */
public record Run(int status, List<String> lines) {

  /** Runs a client against a server and keeps what it prints. */
  public static Run of(Program program, Endpoint server, String... args) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    String[] all = new String[args.length + 2];
    all[0] = "--port";
    all[1] = String.valueOf(server.port());
    System.arraycopy(args, 0, all, 2, args.length);
    int status = program.run(new PrintStream(bytes, true, StandardCharsets.UTF_8), all);
    return new Run(status, bytes.toString(StandardCharsets.UTF_8).lines().toList());
  }

  /** The last line. */
  public String verdict() {
    return lines.get(lines.size() - 1);
  }

  /** A client's entry inside this JVM. */
  @FunctionalInterface
  public interface Program {

    /** Runs it and returns its exit status. */
    int run(PrintStream out, String... args);
  }
}

package dev.belay.samples.chaos.fault;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs one short command of the operating system and waits for its end. */
final class Tool {

  private static final long TIMEOUT_MS = 10_000;

  private Tool() {}

  /**
   * Runs a command.
   *
   * @param input given to it, and then an end
   * @throws IOException if it is not there, does not end in time or ends with another status than 0
   */
  static void run(String input, List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.PIPE)
            .start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    }
    if (!process.waitFor(TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
      process.destroyForcibly();
      throw new IOException(command.get(0) + " did not end within " + TIMEOUT_MS + " ms");
    }
    if (process.exitValue() != 0) {
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      throw new IOException(command.get(0) + ": " + said.strip().replaceAll("\\s+", " "));
    }
  }

  /** Runs a command without input. */
  static void run(String... command) throws IOException, InterruptedException {
    run("", List.of(command));
  }
}

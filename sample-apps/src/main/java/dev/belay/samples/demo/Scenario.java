package dev.belay.samples.demo;

import dev.belay.samples.calculator.CalculatorClient;
import dev.belay.samples.calculator.CalculatorServer;
import dev.belay.samples.jdbc.JdbcClient;
import dev.belay.samples.jdbc.JdbcServer;
import dev.belay.samples.launch.Program;
import dev.belay.samples.media.MediaClient;
import dev.belay.samples.media.MediaServer;
import dev.belay.samples.program.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.Locale;
import java.util.Optional;

/**
 * What the demo's servers and client do.
 *
 * @param title one line for the reader
 * @param unit in which progress is shown
 * @param server the server's main and its arguments, without the port
 * @param client the client's main and its arguments, without the port
 * @param sha256 digest that the client must find, if the scenario has one
 */
record Scenario(String title, Unit unit, Program server, Program client, Optional<String> sha256) {

  /** A smaller file could be in the kernel's buffers as a whole when its server is killed. */
  private static final long LEAST_FILE_BYTES = 16L << 20;

  private static final double FILE_SECONDS = 6.5;
  private static final long LARGEST_RATE = 64L << 20;

  /**
   * The scenario for the demo's argument: jdbc, calculator, a file, or nothing for the JDK's own
   * largest file.
   */
  static Scenario named(Optional<String> argument) throws IOException {
    String name = argument.orElse("");
    return switch (name) {
      case "jdbc" -> jdbc();
      case "calculator" -> calculator();
      case "" -> file(Path.of(System.getProperty("java.home"), "lib", "modules"));
      default -> file(Path.of(name));
    };
  }

  private static Scenario file(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) < LEAST_FILE_BYTES) {
      throw new IOException(file + " must be a file of at least 16 MB");
    }
    long rate = Math.min(LARGEST_RATE, (long) (Files.size(file) / FILE_SECONDS));
    String sha256 = digest(file);
    return new Scenario(
        "streaming " + file,
        Unit.MEGABYTES,
        new Program(MediaServer.class, "--file", file.toAbsolutePath().toString()),
        new Program(
            MediaClient.class,
            "--name",
            file.getFileName().toString(),
            "--sha256",
            sha256,
            "--rate",
            String.valueOf(rate),
            "--receive-buffer",
            "256k"),
        Optional.of(sha256));
  }

  private static Scenario jdbc() {
    return new Scenario(
        "one database transaction of 4000 inserts",
        Unit.STEPS,
        new Program(JdbcServer.class),
        new Program(JdbcClient.class, "--rows", "4000", "--pause", "1"),
        Optional.empty());
  }

  private static Scenario calculator() {
    return new Scenario(
        "6000 calculations, each reply depending on all before it",
        Unit.STEPS,
        new Program(CalculatorServer.class),
        new Program(CalculatorClient.class, "--requests", "6000", "--rate", "1000"),
        Optional.empty());
  }

  private static String digest(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file);
        DigestInputStream digesting = new DigestInputStream(in, Digests.sha256())) {
      digesting.transferTo(OutputStream.nullOutputStream());
      return Digests.hex(digesting.getMessageDigest().digest());
    }
  }

  /** How progress is counted and shown. */
  enum Unit {
    MEGABYTES(1 << 20, "MB"),
    STEPS(1, "steps");

    private final double size;
    private final String text;

    Unit(double size, String text) {
      this.size = size;
      this.text = text;
    }

    /** An amount in this unit. */
    String format(double amount) {
      return String.format(Locale.ROOT, size > 1 ? "%.1f %s" : "%.0f %s", amount / size, text);
    }
  }
}

package dev.belay.agent.launch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link Program} in a JVM of its own. */
public final class Jvm implements AutoCloseable {

  private final Process process;
  private final Path errors;

  private Jvm(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
  }

  /** Starts it with those options and returns when it is ready. */
  public static Jvm start(Path directory, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", classPath(), Program.class.getName()));
    Path errors = Files.createTempFile(directory, "errors", ".txt");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    String line =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8)).readLine();
    if (!"ready".equals(line)) {
      throw new IllegalStateException(line + " " + Files.readString(errors));
    }
    return new Jvm(process, errors);
  }

  private static String classPath() {
    return new File(Program.class.getProtectionDomain().getCodeSource().getLocation().getPath())
        .getPath();
  }

  /** The number of its process. */
  public long pid() {
    return process.pid();
  }

  /** Ends it; the answer is what it wrote to stderr. */
  public String end() throws IOException, InterruptedException {
    process.getOutputStream().close();
    if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IllegalStateException("the program did not end well: " + process);
    }
    return Files.readString(errors).replace(System.lineSeparator(), "\n");
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}

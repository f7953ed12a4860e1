package dev.belay.samples.launch;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A JVM that this one has started. Its lines go to a listener, its error output is appended to a
 * log file. It never outlives this one.
 */
public final class Child {

  private final Process process;
  private final Thread reader;

  private Child(Process process, Consumer<String> lines) {
    this.process = process;
    this.reader = new Thread(() -> read(lines), "output of " + process.pid());
    this.reader.setDaemon(true);
  }

  /** Starts a program of this class path. */
  public static Child start(Jvm jvm, Program program, Path log, Consumer<String> lines)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(jvm.command(program));
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    Child child = new Child(builder.start(), lines);
    Runtime.getRuntime().addShutdownHook(new Thread(child::kill));
    child.reader.start();
    return child;
  }

  /** The operating system's number for the process. */
  public long pid() {
    return process.pid();
  }

  /** Whether it still runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Sends SIGKILL. */
  public void kill() {
    process.destroyForcibly();
  }

  /** Sends SIGTERM. */
  public void terminate() {
    process.destroy();
  }

  /**
   * Waits until the process has ended and all its lines are delivered; false if that takes too
   * long.
   */
  public boolean awaitEnd(long timeoutMs) throws InterruptedException {
    if (!process.waitFor(timeoutMs, TimeUnit.MILLISECONDS)) {
      return false;
    }
    reader.join(timeoutMs);
    return !reader.isAlive();
  }

  /** The exit status of a process that has ended. */
  public int exitStatus() {
    return process.exitValue();
  }

  private void read(Consumer<String> lines) {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      output.lines().forEach(lines);
    } catch (IOException | UncheckedIOException e) {
      lines.accept("output lost: " + e);
    }
  }
}

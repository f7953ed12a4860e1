package dev.belay.benchmarks.run;

import dev.belay.benchmarks.traffic.Commands;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program under measurement: one answer to one command. Used by one thread. */
final class Child implements AutoCloseable {
  private static final int GONE_SECONDS = 10;
  private static final double TICKS_PER_SECOND = 100; // USER_HZ of every Linux
  private static final int USER_TICKS = 11; // fields of /proc/PID/stat behind the name

  private final Process process;
  private final BufferedReader answers;

  private Child(Process process) {
    this.process = process;
    this.answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** A program that says when it is ready. Its standard error goes to the file's end. */
  static Child program(List<String> command, Path log) throws IOException {
    Child child = background(command, log);
    child.answer("start");
    return child;
  }

  /** A program that says nothing. */
  static Child background(List<String> command, Path log) throws IOException {
    return new Child(
        new ProcessBuilder(command).redirectError(Redirect.appendTo(log.toFile())).start());
  }

  /** The numbers and names that a command was answered with. */
  String[] ask(String command) throws IOException {
    tell(command);
    return answer(command);
  }

  void tell(String command) throws IOException {
    OutputStream stdin = process.getOutputStream();
    stdin.write((command + "\n").getBytes(StandardCharsets.UTF_8));
    stdin.flush();
  }

  String[] answer(String command) throws IOException {
    for (String line = answers.readLine(); line != null; line = answers.readLine()) {
      if (line.startsWith(Commands.ANSWER)) {
        return line.substring(Commands.ANSWER.length()).split(" ");
      }
      if (line.startsWith(Commands.FAILED)) {
        throw new IOException(command + ": " + line);
      }
    }
    throw new IOException(command + ": the program ended");
  }

  /** Processor time so far, all threads, in seconds. */
  double cpuSeconds() throws IOException {
    String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[USER_TICKS + 1]))
        / TICKS_PER_SECOND;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL; returns at once. */
  void kill9() {
    process.destroyForcibly();
  }

  /** SIGKILL; returns when it is gone. */
  @Override
  public void close() {
    kill9();
    try {
      process.waitFor(GONE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The exit status, after so many seconds at most. */
  int await(int seconds) throws IOException, InterruptedException {
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      throw new IOException("still running after " + seconds + "s: " + process.info());
    }
    return process.exitValue();
  }
}

package dev.belay.it.rig;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * One child JVM: its outputs line by line, its standard input, and the ways to hurt it.
 *
 * <p>Started by {@link Launch}; ended at the latest by {@link #close}, through its own process
 * handle. Used by one test thread; two daemon threads read its outputs.
 */
public final class Jvm implements AutoCloseable {
  /** How long a wait lasts where the test does not say otherwise. */
  public static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final int SIGNAL_STATUS_BASE = 128;
  private static final int CLOSE_TIMEOUT_SECONDS = 10;

  private final String name;
  private final Process process;
  private final Transcript transcript;

  Jvm(String name, ProcessBuilder command) {
    this.name = name;
    this.transcript = new Transcript(name);
    try {
      this.process = command.start();
    } catch (IOException e) {
      throw new IllegalStateException("cannot start " + command.command(), e);
    }
    copyLines(process.getInputStream(), Transcript.Source.OUT);
    copyLines(process.getErrorStream(), Transcript.Source.ERR);
  }

  public String name() {
    return name;
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public Transcript transcript() {
    return transcript;
  }

  /** Waits for the first line in which the expression is found, on either output. */
  public MatchResult awaitLine(String regex) {
    return transcript.awaitLine(regex, PATIENCE);
  }

  /** As {@link #awaitLine(String)}, with a time of its own. */
  public MatchResult awaitLine(String regex, Duration timeout) {
    return transcript.awaitLine(regex, timeout);
  }

  /** The agent's log lines so far. */
  public List<String> agentLog() {
    return transcript.lines(Transcript.Source.ERR).stream()
        .filter(line -> line.contains(" belay "))
        .toList();
  }

  /**
   * At least {@code count} of the agent's log lines in which the expression is found, in order.
   *
   * <p>The application may know before its agent has logged it, and each output has its own reader:
   * whoever expects a line waits for it.
   */
  public List<String> awaitLog(int count, String regex) {
    transcript.awaitLines("\\bbelay\\b.*" + regex, count, PATIENCE);
    return agentLog().stream().filter(Pattern.compile(regex).asPredicate()).toList();
  }

  /** Sends a line to its standard input. */
  public void say(String line) {
    try {
      OutputStream stdin = process.getOutputStream();
      stdin.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      stdin.flush();
    } catch (IOException e) {
      throw new AssertionError(name + ": cannot say '" + line + "'\n" + transcript.dump(), e);
    }
  }

  /** SIGKILL; returns when the process is gone. */
  public void kill9() {
    process.destroyForcibly();
    awaitGone(CLOSE_TIMEOUT_SECONDS);
  }

  /** SIGTERM, as a redeployment does; its outputs are still read. */
  public void terminate() {
    signal("TERM");
  }

  /** SIGSTOP: it hangs, its links stay. */
  public void stop() {
    signal("STOP");
  }

  /** SIGCONT: it wakes up, believing that nothing happened. */
  public void cont() {
    signal("CONT");
  }

  /** Waits for the end of the process and of its outputs; its exit status. */
  public int awaitExit(Duration timeout) {
    if (!awaitGone(timeout.toSeconds())) {
      throw new AssertionError(
          name + ": still running after " + timeout.toMillis() + "ms\n" + transcript.dump());
    }
    transcript.awaitEnd(Duration.ofSeconds(CLOSE_TIMEOUT_SECONDS));
    return process.exitValue();
  }

  /** As {@link #awaitExit(Duration)}, with the usual patience. */
  public int awaitExit() {
    return awaitExit(PATIENCE);
  }

  /** The exit status of a process that died of SIGKILL. */
  public static int killedStatus() {
    return SIGNAL_STATUS_BASE + 9;
  }

  @Override
  public void close() {
    kill9();
  }

  private boolean awaitGone(long seconds) {
    try {
      return process.waitFor(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void signal(String signal) {
    try {
      new ProcessBuilder("/bin/sh", "-c", "kill -" + signal + " " + pid())
          .inheritIO()
          .start()
          .waitFor(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (IOException e) {
      throw new IllegalStateException("cannot signal " + name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void copyLines(InputStream from, Transcript.Source source) {
    Thread reader = new Thread(() -> readLines(from, source), name + "-" + source);
    reader.setDaemon(true);
    reader.start();
  }

  private void readLines(InputStream from, Transcript.Source source) {
    try (var lines = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        transcript.append(source, line);
      }
    } catch (IOException e) {
      transcript.append(source, "(the rig lost this output: " + e.getMessage() + ")");
    } finally {
      transcript.sourceEnded();
    }
  }
}

package dev.belay.samples.chaos.fault;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Signals for which the JDK has no method. */
public final class Signals {

  /** Of each period of 100 ms a slow process runs for 30. */
  private static final int PERIOD_MS = 100;

  /** The shell ends by itself, and a process that it has stopped always goes on. */
  private static final String SLOW_DOWN =
      "i=0; while [ $i -lt $2 ] && kill -STOP $1; do sleep 0.07; kill -CONT $1; sleep 0.03;"
          + " i=$((i+1)); done";

  private Signals() {}

  /** SIGSTOP: the process stands still and cannot help it. */
  public static void stop(long pid) throws IOException, InterruptedException {
    Tool.run("kill", "-STOP", String.valueOf(pid));
  }

  /** SIGCONT: the process goes on. */
  public static void resume(long pid) throws IOException, InterruptedException {
    Tool.run("kill", "-CONT", String.valueOf(pid));
  }

  /** SIGQUIT, which makes a JVM print the stacks of its threads. */
  public static void printStacks(long pid) throws IOException, InterruptedException {
    Tool.run("kill", "-QUIT", String.valueOf(pid));
  }

  /** Begins to slow a process down for a time; ends by itself. */
  public static void slowDown(long pid, long lengthMs) throws IOException {
    long periods = Math.max(1, lengthMs / PERIOD_MS);
    Process shell =
        new ProcessBuilder(
                "sh", "-c", SLOW_DOWN, "slow", String.valueOf(pid), String.valueOf(periods))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    shell.onExit().orTimeout(lengthMs + PERIOD_MS * 100L, TimeUnit.MILLISECONDS);
  }
}

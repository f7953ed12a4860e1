package dev.belay.agent.launch;

import java.lang.instrument.Instrumentation;

/** The agent's entry points: loads the rest of the agent and delegates to it. */
public final class Launcher {

  private Launcher() {}

  /** Called by the JVM for {@code -javaagent}. */
  public static void premain(String arguments, Instrumentation instrumentation) {}

  /** Called by the JVM for a dynamic attach. */
  public static void agentmain(String arguments, Instrumentation instrumentation) {}

  /** Called for {@code java -jar}. */
  public static void main(String[] arguments) {}
}

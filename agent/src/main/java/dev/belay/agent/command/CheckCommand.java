package dev.belay.agent.command;

import dev.belay.agent.report.AgentVersion;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.util.List;

/** Says whether the JVM that runs it can be protected, and why not. */
final class CheckCommand {

  private static final String BOOTSTRAP = "dev.belay.agent.Bootstrap";

  private final Console console;
  private final File agentJar;
  private final String checkedBy;

  CheckCommand(Console console, File agentJar) {
    this(console, agentJar, BOOTSTRAP);
  }

  /** For tests: the name of the class whose static {@code check()} lists the problems. */
  CheckCommand(Console console, File agentJar, String checkedBy) {
    this.console = console;
    this.agentJar = agentJar;
    this.checkedBy = checkedBy;
  }

  int run(List<String> arguments) {
    if (!arguments.isEmpty()) {
      return console.usage("check takes no arguments");
    }
    console.print("belay: " + AgentVersion.of(agentJar));
    console.print("JDK:   " + properties("java.runtime.version", "java.vm.name", "java.home"));
    console.print("OS:    " + properties("os.name", "os.version", "os.arch"));
    List<?> problems = problems();
    console.print(
        problems.isEmpty() ? "This JVM can be protected." : "This JVM cannot be protected:");
    for (Object problem : problems) {
      console.print("  " + problem);
    }
    return problems.isEmpty() ? Commands.OK : Commands.FAILED;
  }

  private static String properties(String... names) {
    StringBuilder text = new StringBuilder();
    for (String name : names) {
      text.append(text.length() == 0 ? "" : ", ").append(System.getProperty(name));
    }
    return text.toString();
  }

  private List<?> problems() {
    try {
      return (List<?>) Class.forName(checkedBy).getMethod("check").invoke(null);
    } catch (InvocationTargetException e) {
      return List.of("the check itself failed: " + e.getCause());
    } catch (ReflectiveOperationException | LinkageError e) {
      return List.of("the check itself failed: " + e);
    }
  }
}

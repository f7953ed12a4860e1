package dev.belay.agent.command;

import dev.belay.agent.report.AgentVersion;
import java.io.File;
import java.util.Arrays;
import java.util.List;

/** The command line: one word and its arguments, an exit status in return. */
public final class Commands {

  /** All went well. */
  static final int OK = 0;

  /** The answer is no. */
  static final int FAILED = 1;

  /** The command line makes no sense; as in BSD's sysexits. */
  static final int USAGE = 64;

  private final Console console;
  private final File agentJar;

  Commands(Console console, File agentJar) {
    this.console = console;
    this.agentJar = agentJar;
  }

  /** Called by the launcher, by reflection. */
  public static int run(String[] arguments, File agentJar) {
    return new Commands(new Console(System.out, System.err), agentJar)
        .run(Arrays.asList(arguments));
  }

  int run(List<String> arguments) {
    String command = arguments.isEmpty() ? "help" : arguments.get(0);
    List<String> rest = arguments.isEmpty() ? arguments : arguments.subList(1, arguments.size());
    return switch (command) {
      case "help", "-h", "--help" -> help();
      case "version", "-v", "--version" -> version();
      case "check" -> new CheckCommand(console, agentJar).run(rest);
      case "attach" -> new AttachCommand(console, agentJar).run(rest);
      case "node" -> new NodeCommand(console).run(rest);
      case "drain" -> new DrainCommand(console, agentJar).run(rest);
      default ->
          console.usage(
              "unknown command \""
                  + command
                  + "\"; expected check, attach, drain, node, version or help");
    };
  }

  private int help() {
    console.print(Help.text(AgentVersion.of(agentJar)));
    return OK;
  }

  private int version() {
    console.print("belay " + AgentVersion.of(agentJar));
    return OK;
  }
}

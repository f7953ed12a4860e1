package dev.belay.agent.command;

import dev.belay.agent.config.Problem;
import dev.belay.agent.config.Settings;
import java.io.File;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** Attaches the agent to a running JVM of the same user. Its later connections are protected. */
final class AttachCommand {

  private static final int MOST_DIGITS = 18;

  private final Console console;
  private final File agentJar;

  AttachCommand(Console console, File agentJar) {
    this.console = console;
    this.agentJar = agentJar;
  }

  int run(List<String> arguments) {
    if (arguments.isEmpty() || !isNumber(arguments.get(0))) {
      return console.usage("expected attach PID [key=value ...], with the number of a process");
    }
    List<String> settings = arguments.subList(1, arguments.size());
    for (String setting : settings) {
      if (setting.indexOf(';') >= 0) {
        return console.usage("a setting given to attach cannot contain a semicolon");
      }
    }
    String argument = String.join(";", absolute(settings));
    return isUsable(argument) ? attach(arguments.get(0), argument) : Commands.USAGE;
  }

  private static boolean isNumber(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return !text.isEmpty() && text.length() <= MOST_DIGITS;
  }

  /** A single word without an equals sign is a file of settings, for the agent as for us. */
  private static List<String> absolute(List<String> settings) {
    boolean isFile = settings.size() == 1 && settings.get(0).indexOf('=') < 0;
    return isFile ? List.of(new File(settings.get(0)).getAbsolutePath()) : settings;
  }

  /** What can be seen to be wrong here need not disturb the other JVM. */
  private boolean isUsable(String argument) {
    Settings.Loaded loaded = Settings.load(argument, Map.of(), new Properties());
    for (Problem problem : loaded.problems()) {
      console.complain(problem.line());
    }
    return loaded.problems().isEmpty();
  }

  private int attach(String pid, String argument) {
    try {
      TargetProcess process = new TargetProcess(Long.parseLong(pid));
      process.requireAttachable();
      String summary = process.attach(agentJar, argument);
      console.print("process " + pid + ": " + summary);
      return Commands.OK;
    } catch (AttachFailedException e) {
      return console.failed("process " + pid + " " + e.getMessage());
    } catch (LinkageError e) {
      return console.failed("process " + pid + " " + AttachFailedException.NO_ATTACH_MODULE);
    }
  }
}

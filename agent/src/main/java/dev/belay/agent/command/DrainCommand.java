package dev.belay.agent.command;

import dev.belay.agent.launch.Launcher;
import java.io.File;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes a server that runs move all its sessions to other servers, and waits until it has none. The
 * server goes on, and takes no new ones.
 */
final class DrainCommand {
  private static final long PATIENCE_S = 60;
  private static final long TICK_MS = 1000;
  private static final int MOST_DIGITS = 9;
  private static final Pattern SESSIONS = Pattern.compile("sessions=(\\d+).*");

  private final Console console;
  private final File agentJar;

  DrainCommand(Console console, File agentJar) {
    this.console = console;
    this.agentJar = agentJar;
  }

  int run(List<String> arguments) {
    boolean isUsable = !arguments.isEmpty() && arguments.size() <= 2;
    for (String argument : arguments) {
      isUsable &= argument.matches("[0-9]{1," + MOST_DIGITS + "}");
    }
    if (!isUsable) {
      return console.usage(
          "expected drain PID [SECONDS], with the number of a process and, if you like, how long"
              + " to wait (default "
              + PATIENCE_S
              + ")");
    }
    long seconds = arguments.size() == 2 ? Long.parseLong(arguments.get(1)) : PATIENCE_S;
    String pid = "process " + arguments.get(0);
    try {
      return drain(new TargetProcess(Long.parseLong(arguments.get(0))), pid, seconds);
    } catch (AttachFailedException e) {
      return console.failed(pid + " " + e.getMessage());
    } catch (LinkageError e) {
      return console.failed(pid + " " + AttachFailedException.NO_ATTACH_MODULE);
    }
  }

  private int drain(TargetProcess process, String pid, long seconds) throws AttachFailedException {
    process.requireAttachable();
    String progress = process.attach(agentJar, Launcher.DRAIN);
    for (long waited = 0; sessions(progress) > 0; waited++) {
      console.print(pid + ": " + progress);
      if (waited == seconds) {
        return console.failed(
            pid + " still has sessions after " + seconds + "s: " + progress + "; it takes no more");
      }
      if (process.hasEndedWithin(TICK_MS)) {
        return console.failed(pid + " ended before it was empty: " + progress);
      }
      progress = process.said();
    }
    console.print(pid + ": empty, " + progress);
    return Commands.OK;
  }

  private static long sessions(String progress) throws AttachFailedException {
    Matcher matcher = SESSIONS.matcher(progress);
    if (!matcher.matches()) {
      throw new AttachFailedException("does not say how many sessions it has: " + progress);
    }
    return Long.parseLong(matcher.group(1));
  }
}

package dev.belay.agent.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What Linux tells about a process that matters for attaching to it. What cannot be read counts as
 * good: then the attach itself will tell.
 *
 * @param isJvm it has HotSpot's library in memory
 * @param listensForAttach it expects a SIGQUIT, or listens on its attach socket already
 */
record ProcessTraits(boolean isJvm, boolean listensForAttach) {

  private static final String CAUGHT_SIGNALS = "SigCgt:";
  private static final long SIGQUIT_BIT = 1L << 2;

  static ProcessTraits of(long pid) {
    return of(Path.of("/proc", Long.toString(pid)), pid);
  }

  static ProcessTraits of(Path directory, long pid) {
    Path socket = directory.resolve("root/tmp/.java_pid" + pid);
    boolean listens = Files.exists(socket) || catchesQuit(lines(directory.resolve("status")));
    return new ProcessTraits(hasJvmLibrary(lines(directory.resolve("maps"))), listens);
  }

  private static boolean hasJvmLibrary(List<String> maps) {
    for (String mapping : maps) {
      if (mapping.contains("libjvm.so") || mapping.contains("libj9vm")) {
        return true;
      }
    }
    return maps.isEmpty();
  }

  private static boolean catchesQuit(List<String> status) {
    for (String line : status) {
      if (line.startsWith(CAUGHT_SIGNALS)) {
        String mask = line.substring(CAUGHT_SIGNALS.length()).trim();
        return (Long.parseUnsignedLong(mask, 16) & SIGQUIT_BIT) != 0;
      }
    }
    return true;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }
}

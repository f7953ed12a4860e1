package dev.belay.agent.door;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How many descriptors this process may have open, by what the kernel says. Any thread. */
final class OpenFiles {
  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final String LINE = "Max open files";

  private OpenFiles() {}

  /** The soft limit; Integer.MAX_VALUE if there is none, or it cannot be read. */
  static int limit() {
    try {
      return limit(Files.readAllLines(LIMITS));
    } catch (IOException | RuntimeException e) {
      return Integer.MAX_VALUE;
    }
  }

  /** As above, from the lines of the file. */
  static int limit(List<String> limits) {
    for (String line : limits) {
      if (line.startsWith(LINE)) {
        String soft = line.substring(LINE.length()).trim().split(" +", 2)[0];
        return soft.equals("unlimited")
            ? Integer.MAX_VALUE
            : (int) Math.min(Integer.MAX_VALUE, Long.parseLong(soft));
      }
    }
    return Integer.MAX_VALUE;
  }
}

package dev.belay.agent.door;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** How many descriptors this process may have open, by what the kernel says. Any thread. */
final class OpenFiles {
  private static final String LIMITS = "/proc/self/limits";
  private static final String LINE = "Max open files";

  private OpenFiles() {}

  /**
   * The soft limit; Integer.MAX_VALUE if there is none, or it cannot be read. Without channels and
   * patterns, which a server that starts would load for this alone.
   */
  static int limit() {
    try (InputStream limits = new FileInputStream(LIMITS)) {
      return limit(List.of(new String(limits.readAllBytes(), US_ASCII).split("\n")));
    } catch (IOException | RuntimeException e) {
      return Integer.MAX_VALUE;
    }
  }

  /** As above, from the lines of the file. */
  static int limit(List<String> lines) {
    for (String line : lines) {
      if (line.startsWith(LINE)) {
        String limits = line.substring(LINE.length()).trim(); // soft, hard, unit
        String soft = limits.substring(0, limits.indexOf(' '));
        return soft.equals("unlimited")
            ? Integer.MAX_VALUE
            : (int) Math.min(Integer.MAX_VALUE, Long.parseLong(soft));
      }
    }
    return Integer.MAX_VALUE;
  }
}

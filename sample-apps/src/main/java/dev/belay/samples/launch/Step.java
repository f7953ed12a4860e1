package dev.belay.samples.launch;

import dev.belay.samples.program.Progress;
import java.util.Optional;

/** One progress line of the client. */
public record Step(long done, long total, long elapsedMs, long longestGapMs) {

  private static final int FIELDS = 5;

  /** Decodes a line; empty if it is another kind of line. */
  public static Optional<Step> parse(String line) {
    String[] words = line.split(" ", -1);
    if (words.length != FIELDS || !words[0].equals(Progress.WORD)) {
      return Optional.empty();
    }
    return Optional.of(
        new Step(
            Long.parseLong(words[1]),
            Long.parseLong(words[2]),
            Long.parseLong(words[3]),
            Long.parseLong(words[4])));
  }

  /** How much of all is done, from 0 to 1. */
  public double fraction() {
    return total == 0 ? 0 : (double) done / total;
  }
}

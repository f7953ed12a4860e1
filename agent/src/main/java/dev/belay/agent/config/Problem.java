package dev.belay.agent.config;

/**
 * One setting that cannot be used.
 *
 * @param key the key as it was written
 * @param value its value, already masked where it is a secret
 * @param origin where it came from, for instance {@code system property}
 * @param complaint what was expected instead
 */
public record Problem(String key, String value, String origin, String complaint) {

  /** Characters of a value that a line repeats; the rest of a longer one is left out. */
  static final int SHOWN_CHARACTERS = 200;

  /** The whole problem in one line, without the prefix of the agent's messages. */
  public String line() {
    return printable(key) + "=" + printable(value) + " (" + printable(origin) + "): " + complaint;
  }

  /** Control characters could forge a second line, so they show as a question mark. */
  static String printable(String text) {
    int shown = Math.min(text.length(), SHOWN_CHARACTERS);
    StringBuilder line = new StringBuilder(shown);
    for (int i = 0; i < shown; i++) {
      char c = text.charAt(i);
      line.append(Character.isISOControl(c) ? '?' : c);
    }
    return shown < text.length() ? line.append("...").toString() : line.toString();
  }
}

package dev.belay.samples.chaos.trace;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line of an agent's log: {@code 2026-01-31T12:00:00.123Z belay INFO what: key=value ...}.
 *
 * @param timeMs when it was written, by the wall clock
 * @param level as written
 * @param text everything behind the level
 */
public record AgentLine(long timeMs, String level, String text) {

  private static final Pattern LINE =
      Pattern.compile("(\\d{4}-\\d\\d-\\d\\dT\\S{1,20}Z) belay ([A-Z]+) (.*)");
  private static final Pattern FIELD = Pattern.compile("([a-z]+)=(\\S*)");

  /** Decodes a line; empty if it is somebody else's. */
  public static Optional<AgentLine> parse(String line) {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      long timeMs = Instant.parse(matcher.group(1)).toEpochMilli();
      return Optional.of(new AgentLine(timeMs, matcher.group(2), matcher.group(3)));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /** What the line is about: the words before the colon. */
  public String subject() {
    int colon = text.indexOf(": ");
    return colon < 0 ? text : text.substring(0, colon);
  }

  /** Its fields, the first of each name. */
  public Map<String, String> fields() {
    Map<String, String> fields = new HashMap<>();
    Matcher matcher = FIELD.matcher(text);
    while (matcher.find()) {
      fields.putIfAbsent(matcher.group(1), matcher.group(2));
    }
    return fields;
  }

  /** Whether somebody should look at it. */
  public boolean isTrouble() {
    return level.equals("WARN") || level.equals("ERROR");
  }
}

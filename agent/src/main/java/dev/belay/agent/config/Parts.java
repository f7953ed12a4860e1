package dev.belay.agent.config;

import java.util.ArrayList;
import java.util.List;

/** Splits a list of settings at one character; by hand, since a regex costs start-up time. */
final class Parts {

  private Parts() {}

  /** The parts between separators, trimmed; none of them may be empty. */
  static List<String> of(String text, char separator) throws SettingFormatException {
    List<String> parts = new ArrayList<>();
    int from = 0;
    while (from <= text.length()) {
      int to = text.indexOf(separator, from);
      to = to < 0 ? text.length() : to;
      String part = text.substring(from, to).trim();
      if (part.isEmpty()) {
        throw new SettingFormatException("there is an empty entry in the list");
      }
      parts.add(part);
      from = to + 1;
    }
    return parts;
  }
}

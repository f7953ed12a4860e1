package dev.belay.agent.config;

import java.util.List;
import java.util.Map;

/**
 * Reads texts as values. A malformed text becomes a problem and the default takes its place, so
 * that the rest can be checked as well. Used once, by one thread.
 */
final class Values {

  private final Map<Key, SettingSources.Entry> entries;
  private final List<Problem> problems;

  Values(Map<Key, SettingSources.Entry> entries, List<Problem> problems) {
    this.entries = entries;
    this.problems = problems;
  }

  /** The key's value in the type that {@link Form#parse} gives it; null without a default. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  <T> T of(Key key) {
    SettingSources.Entry entry = entries.get(key);
    try {
      return (T) Form.parse(key, entry == null ? key.defaultText() : entry.value());
    } catch (SettingFormatException e) {
      String detail = e.getMessage() == null ? "" : ", but " + e.getMessage();
      reject(key, "expected " + key.expected() + detail);
      return (T) Form.ofDefault(key);
    }
  }

  /** True when somebody gave the key a value. */
  boolean isGiven(Key key) {
    return entries.containsKey(key);
  }

  /** Adds a problem with the key's present value, given or default. */
  void reject(Key key, String complaint) {
    SettingSources.Entry entry = entries.get(key);
    String value = entry == null ? key.defaultText() : entry.value();
    String shown = key.isSecret() && !value.isEmpty() ? Secret.MASK : value;
    String origin = entry == null ? "default" : entry.origin();
    problems.add(new Problem(key.text(), shown, origin, complaint));
  }
}

package dev.belay.agent.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** Short ways to load settings in a test. */
final class Loading {

  private Loading() {}

  /** From system properties alone, each {@code key=value}. */
  static Settings.Loaded system(String... assignments) {
    return Settings.load(null, Map.of(), properties(assignments));
  }

  static Properties properties(String... assignments) {
    Properties properties = new Properties();
    for (String assignment : assignments) {
      int equals = assignment.indexOf('=');
      properties.setProperty(assignment.substring(0, equals), assignment.substring(equals + 1));
    }
    return properties;
  }

  static List<String> lines(Settings.Loaded loaded) {
    List<String> lines = new ArrayList<>();
    for (Problem problem : loaded.problems()) {
      lines.add(problem.line());
    }
    return lines;
  }
}

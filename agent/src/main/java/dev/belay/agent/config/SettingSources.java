package dev.belay.agent.config;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Gathers the text of every setting. In rising priority: properties file, environment variables,
 * system properties, agent argument. Names are taken in order, so that problems are too. Used once,
 * by one thread.
 */
final class SettingSources {

  /** The text of a setting and where it came from. */
  record Entry(String value, String origin) {}

  private static final String ARGUMENT = "agent argument";

  private final Map<Key, Entry> entries = new EnumMap<>(Key.class);
  private final List<Problem> problems;

  SettingSources(List<Problem> problems) {
    this.problems = problems;
  }

  Map<Key, Entry> collect(String argument, Map<String, String> environment, Properties system) {
    putEnvironment(environment);
    putProperties(system, "system property");
    putArgument(argument == null ? "" : argument.trim());
    Entry config = entries.get(Key.CONFIG);
    if (config != null) {
      Map<Key, Entry> stronger = new EnumMap<>(entries);
      putFile(config);
      entries.putAll(stronger);
    }
    return entries;
  }

  private void putEnvironment(Map<String, String> environment) {
    for (Map.Entry<String, String> variable : new TreeMap<>(environment).entrySet()) {
      String name = variable.getKey();
      if (name.startsWith(Key.ENVIRONMENT_PREFIX)) {
        Key key = Key.ofEnvironment(name);
        String origin = "environment variable" + (key == null ? "" : " " + name);
        put(key, name, variable.getValue(), origin);
      }
    }
  }

  private void putProperties(Properties properties, String origin) {
    for (String name : new TreeSet<>(properties.stringPropertyNames())) {
      if (name.startsWith(Key.PREFIX)) {
        put(Key.named(name), name, properties.getProperty(name), origin);
      }
    }
  }

  private void putArgument(String argument) {
    if (isInline(argument)) {
      putInline(argument);
    } else if (!argument.isEmpty()) {
      put(Key.CONFIG, Key.CONFIG.text(), argument, ARGUMENT);
    }
  }

  /** A path may contain an equals sign too, but only after its first directory. */
  private static boolean isInline(String argument) {
    int equals = argument.indexOf('=');
    return equals > 0 && argument.lastIndexOf(File.separatorChar, equals) < 0;
  }

  private void putInline(String argument) {
    int from = 0;
    while (from < argument.length()) {
      int semicolon = argument.indexOf(';', from);
      int to = semicolon < 0 ? argument.length() : semicolon;
      putAssignment(argument.substring(from, to).trim());
      from = to + 1;
    }
  }

  private void putAssignment(String assignment) {
    if (assignment.isEmpty()) {
      return;
    }
    int equals = assignment.indexOf('=');
    if (equals < 0) {
      problems.add(new Problem(Key.PREFIX + assignment, "", ARGUMENT, "expected key=value"));
      return;
    }
    String name = assignment.substring(0, equals).trim();
    String fullName = name.startsWith(Key.PREFIX) ? name : Key.PREFIX + name;
    put(Key.named(fullName), fullName, assignment.substring(equals + 1), ARGUMENT);
  }

  private void putFile(Entry config) {
    Properties properties = new Properties();
    File file = new File(config.value());
    try (Reader reader = new InputStreamReader(new FileInputStream(file), StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      String complaint = "expected " + Key.CONFIG.expected() + ", but " + reason(file, e);
      problems.add(new Problem(Key.CONFIG.text(), config.value(), config.origin(), complaint));
    }
    putFileEntries(properties, "file " + file);
  }

  private void putFileEntries(Properties properties, String origin) {
    for (String name : new TreeSet<>(properties.stringPropertyNames())) {
      Key key = Key.named(name);
      String value = properties.getProperty(name);
      if (key == Key.CONFIG) {
        problems.add(new Problem(name, value, origin, "a file of settings cannot name another"));
      } else {
        put(key, name, value, origin);
      }
    }
  }

  private static String reason(File file, Exception e) {
    if (!file.exists()) {
      return "there is no such file";
    }
    return file.isDirectory() ? "it is a directory" : "it cannot be read: " + e.getMessage();
  }

  private void put(Key key, String name, String value, String origin) {
    if (key == null) {
      problems.add(UnknownKey.problem(name, value, origin));
    } else {
      entries.put(key, new Entry(value.trim(), origin));
    }
  }
}

package dev.belay.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.it.rig.Launch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every test that a page names is there: as a class, and as a method of it. {@code should...} and
 * {@code should*} stand for any method that begins, or goes on, like this.
 */
class NamedTestsTest {
  private static final Path PROJECT = Launch.testClasses().resolve("../../..").normalize();
  private static final Pattern NAME =
      Pattern.compile("(?<![\\w.])([A-Z]\\w*Test)\\b|\\b(should[A-Z]\\w*(?:(?:\\.{3}|\\*)\\w*)*)");
  private static final int CLASS = 1;
  private static final int METHOD = 2;
  private static final int ENOUGH_NAMES = 100;

  @Test
  void shouldFindEveryTestThatAPageNames() throws IOException {
    Map<String, String> sources = testSources();
    List<String> unknown = new ArrayList<>();
    int names = 0;

    for (Path page : pages()) {
      for (String line : Files.readAllLines(page)) {
        names += check(line, sources, where -> unknown.add(page.getFileName() + ": " + where));
      }
    }

    assertThat(unknown).isEmpty();
    assertThat(names).isGreaterThan(ENOUGH_NAMES);
  }

  /** How many names a line has; a method belongs to the class before it on the line. */
  private static int check(String line, Map<String, String> sources, Complaint complaint) {
    String source = null;
    int names = 0;
    for (Matcher name = NAME.matcher(line); name.find(); names++) {
      String type = name.group(CLASS);
      String method = name.group(METHOD);
      if (type != null) {
        source = sources.get(type);
      }
      boolean isKnown = type != null ? source != null : source == null || has(source, method);
      if (!isKnown) {
        complaint.about(name.group() + " in: " + line);
      }
    }
    return names;
  }

  private static boolean has(String source, String method) {
    String regex = method.replaceAll("\\.{3}|\\*", "\\\\w*");
    return Pattern.compile("\\bvoid " + regex + "\\(").matcher(source).find();
  }

  /** By simple name; of classes of one name in several packages, all of the text. */
  private static Map<String, String> testSources() throws IOException {
    Map<String, String> sources = new HashMap<>();
    for (Path module : children(PROJECT)) {
      Path tests = module.resolve("src/test/java");
      for (Path file : Files.isDirectory(tests) ? below(tests) : List.<Path>of()) {
        String type = file.getFileName().toString().replace(".java", "");
        sources.merge(type, Files.readString(file), String::concat);
      }
    }
    return sources;
  }

  /** Of the project and of its modules; what a build has put into them is not looked at. */
  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(children(PROJECT));
    for (Path child : children(PROJECT)) {
      pages.addAll(Files.isDirectory(child) ? children(child) : List.of());
    }
    pages.removeIf(page -> !page.toString().endsWith(".md"));
    return pages;
  }

  private static List<Path> children(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      return children.sorted().toList();
    }
  }

  private static List<Path> below(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }

  /** Takes note of a name that nothing has. */
  private interface Complaint {
    void about(String name);
  }
}

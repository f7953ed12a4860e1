package dev.belay.it.rig;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/**
 * A JDK of this machine that child JVMs can be started on.
 *
 * <p>Found are the one that runs the tests, those under {@code /usr/lib/jvm} and those that {@code
 * JAVA_HOME} and {@code JAVA_HOME_*} name; one for each feature version from 17 up, the running one
 * first in line for its own version. The property {@code belay.it.jdk} (versions, commas) leaves
 * only those named.
 */
public record Jdk(int feature, Path home) {
  private static final int OLDEST_FEATURE = 17;
  private static final int VIRTUAL_THREADS_FEATURE = 21;
  private static final Path SYSTEM_JDKS = Path.of("/usr/lib/jvm");

  /** The JDKs to test on, oldest first; never empty. */
  public static List<Jdk> all() {
    Map<Integer, Jdk> byFeature = new TreeMap<>();
    for (Path home : candidateHomes()) {
      at(home).ifPresent(jdk -> byFeature.putIfAbsent(jdk.feature(), jdk));
    }
    String wanted = System.getProperty("belay.it.jdk");
    if (wanted != null) {
      List<String> versions = List.of(wanted.split(","));
      byFeature.keySet().removeIf(feature -> !versions.contains(String.valueOf(feature)));
    }
    if (byFeature.isEmpty()) {
      throw new IllegalStateException("no JDK found for belay.it.jdk=" + wanted);
    }
    return List.copyOf(byFeature.values());
  }

  /** The JDK that the tests themselves run on. */
  public static Jdk running() {
    return new Jdk(Runtime.version().feature(), Path.of(System.getProperty("java.home")));
  }

  /** The oldest JDK to test on. */
  public static Jdk oldest() {
    return all().get(0);
  }

  /** The newest JDK to test on. */
  public static Jdk newest() {
    List<Jdk> all = all();
    return all.get(all.size() - 1);
  }

  public Path java() {
    return home.resolve("bin/java");
  }

  public boolean hasVirtualThreads() {
    return feature >= VIRTUAL_THREADS_FEATURE;
  }

  private static List<Path> candidateHomes() {
    List<Path> homes = new ArrayList<>();
    homes.add(running().home());
    System.getenv()
        .forEach(
            (name, value) -> {
              if (name.equals("JAVA_HOME") || name.startsWith("JAVA_HOME_")) {
                homes.add(Path.of(value));
              }
            });
    if (Files.isDirectory(SYSTEM_JDKS)) {
      try (DirectoryStream<Path> children = Files.newDirectoryStream(SYSTEM_JDKS)) {
        children.forEach(homes::add);
      } catch (IOException e) {
        throw new IllegalStateException("cannot list " + SYSTEM_JDKS, e);
      }
    }
    return homes;
  }

  private static Optional<Jdk> at(Path home) {
    Path release = home.resolve("release");
    if (!Files.isExecutable(home.resolve("bin/java")) || !Files.isReadable(release)) {
      return Optional.empty();
    }
    try {
      int feature = feature(release);
      return feature < OLDEST_FEATURE
          ? Optional.empty()
          : Optional.of(new Jdk(feature, home.toRealPath()));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static int feature(Path release) throws IOException {
    Properties properties = new Properties();
    try (var reader = Files.newBufferedReader(release)) {
      properties.load(reader);
    }
    String version = properties.getProperty("JAVA_VERSION", "").replace("\"", "");
    return Runtime.Version.parse(version).feature();
  }

  @Override
  public String toString() {
    return String.valueOf(feature);
  }
}

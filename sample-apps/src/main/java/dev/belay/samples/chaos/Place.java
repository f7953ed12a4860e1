package dev.belay.samples.chaos;

import dev.belay.samples.launch.Protection;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** Where a run takes place: JDK, agent, logs, report. The options that both commands have. */
final class Place {

  private static final String SELF = "java -jar sample-apps/target/belay-chaos.jar";

  @Option(
      names = "--agent",
      description = "The agent's jar; default: the one built beside this.",
      showDefaultValue = Visibility.NEVER)
  private Optional<Path> agent = Optional.empty();

  @Option(
      names = "--jdk",
      description = "Home of the children's JDK; default: this one's.",
      showDefaultValue = Visibility.NEVER)
  private Path jdk = Path.of(System.getProperty("java.home"));

  @Option(
      names = "--jvm-option",
      description = "One more option for each child, such as -Dbelay.log.level=debug.",
      paramLabel = "OPTION",
      showDefaultValue = Visibility.NEVER)
  private List<String> jvmOptions = new ArrayList<>();

  @Option(
      names = "--report",
      description = "Where the report goes; default: belay-chaos.html or belay-migrations.html.",
      showDefaultValue = Visibility.NEVER)
  private Optional<Path> report = Optional.empty();

  @Option(
      names = "--logs",
      description = "Where the children's logs go; default: a new directory.",
      showDefaultValue = Visibility.NEVER)
  private Optional<Path> logs = Optional.empty();

  private Setup setup;

  /** With what the children are started; makes the directory for their logs. */
  Setup setup() throws IOException {
    if (setup == null) {
      if (!Files.isExecutable(jdk.resolve("bin").resolve("java"))) {
        throw new IOException("no JDK at " + jdk);
      }
      Path directory =
          logs.isPresent()
              ? Files.createDirectories(logs.get())
              : Files.createTempDirectory("belay-chaos-");
      setup = new Setup(jdk, new Protection(Optional.of(agentJar())), jvmOptions, directory);
    }
    return setup;
  }

  /** Where the report goes. */
  Path report(String name) {
    return report.orElse(Path.of("belay-" + name + ".html"));
  }

  /** The command that does the same again. */
  String command(List<String> options) {
    List<String> words = new ArrayList<>(List.of(SELF));
    words.addAll(options);
    if (!jdk.equals(Path.of(System.getProperty("java.home")))) {
      words.add("--jdk=" + jdk);
    }
    jvmOptions.forEach(option -> words.add("--jvm-option=" + option));
    return String.join(" ", words);
  }

  /** JDK and machine in words. */
  String machine() throws IOException {
    Properties release = new Properties();
    try (var reader = Files.newBufferedReader(jdk.resolve("release"))) {
      release.load(reader);
    }
    return "JDK "
        + release.getProperty("JAVA_VERSION", "unknown").replace("\"", "")
        + ", Linux "
        + System.getProperty("os.version")
        + ", "
        + Runtime.getRuntime().availableProcessors()
        + " processors";
  }

  /** Whether a person looks at the standard output. */
  static boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException e) {
      return false;
    }
  }

  private Path agentJar() throws IOException {
    Path jar = agent.isPresent() ? agent.get() : besideUs();
    if (!Files.isReadable(jar)) {
      throw new IOException("no agent at " + jar + "; build it (mvn package) or give --agent PATH");
    }
    return jar.toAbsolutePath().normalize();
  }

  private static Path besideUs() throws IOException {
    try {
      Path jar = Path.of(Place.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return jar.resolveSibling("../../agent/target/belay-agent.jar").normalize();
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }
}

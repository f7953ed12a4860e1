package dev.belay.benchmarks.micro;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the JMH benchmarks: those of sockets under the agent, the others with its bridge patched
 * into the JDK.
 */
public final class Micro {
  public static final String USAGE =
      """
      java -jar belay-benchmarks.jar micro [option]...
        --agent=jar   the agent (agent/target/belay-agent.jar)
        --jdk=home    the JDK (the running one)
        --out=file    JMH's results as JSON, one for each part (target/results/micro)
        --seconds=n   of each of the rounds (1)
        --rounds=n    (5)
        --only=regex  which benchmarks\
      """;

  private static final String BRIDGE = "bridge/";
  private static final String SUFFIX = ".classdata";

  private Micro() {}

  /** Measures with time for each operation, and the bytes it allocates. */
  public static void run(List<String> args) throws IOException, RunnerException {
    String agent = value(args, "agent", "agent/target/belay-agent.jar");
    Path out = Path.of(value(args, "out", "target/results/micro"));
    Files.createDirectories(out.toAbsolutePath().getParent());
    String only = value(args, "only", "");
    int protectedPort = freePort();
    int door = freePort();
    run(
        args,
        DescriptorBenchmark.class.getSimpleName() + ".*" + only,
        out + "-descriptor.json",
        "-javaagent:" + Path.of(agent).toAbsolutePath(),
        "-Dbelay.cluster.mode=none",
        "-Dbelay.log.level=warn",
        "-Dbelay.door=127.0.0.1:" + door,
        "-Dbelay.services=" + protectedPort,
        "-Dbelay.connect=127.0.0.1:" + protectedPort + "@" + door,
        "-D" + DescriptorBenchmark.PORTS + "protected=" + protectedPort,
        "-D" + DescriptorBenchmark.PORTS + "plain=" + freePort());
    run(
        args,
        "(SessionBenchmark|CodecBenchmark).*" + only,
        out + "-parts.json",
        "-Xshare:off",
        "--patch-module=java.base=" + bridge(agent),
        "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
        "--add-opens=java.base/java.util.zip=ALL-UNNAMED");
  }

  private static void run(List<String> args, String include, String out, String... jvm)
      throws RunnerException {
    int rounds = Integer.parseInt(value(args, "rounds", "5"));
    TimeValue period = TimeValue.seconds(Long.parseLong(value(args, "seconds", "1")));
    String home = value(args, "jdk", System.getProperty("java.home"));
    new Runner(
            new OptionsBuilder()
                .include(include)
                .mode(Mode.AverageTime)
                .timeUnit(java.util.concurrent.TimeUnit.NANOSECONDS)
                .forks(1)
                .jvm(home + "/bin/java")
                .jvmArgs(jvm)
                .warmupIterations(rounds)
                .warmupTime(period)
                .measurementIterations(rounds)
                .measurementTime(period)
                .addProfiler(GCProfiler.class)
                .resultFormat(org.openjdk.jmh.results.format.ResultFormatType.JSON)
                .result(out)
                .build())
        .run();
  }

  private static String value(List<String> args, String name, String otherwise) {
    String prefix = "--" + name + "=";
    return args.stream()
        .filter(arg -> arg.startsWith(prefix))
        .map(arg -> arg.substring(prefix.length()))
        .findFirst()
        .orElse(otherwise);
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0)) {
      return probe.getLocalPort();
    }
  }

  /** The agent's bridge as a directory of classes. */
  private static Path bridge(String agent) throws IOException {
    Path directory = Files.createTempDirectory("belay-bridge");
    try (JarFile jar = new JarFile(agent)) {
      for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
        String name = entry.getName();
        if (name.startsWith(BRIDGE) && name.endsWith(SUFFIX)) {
          String type = name.substring(BRIDGE.length(), name.length() - SUFFIX.length());
          Path file = directory.resolve(type + ".class");
          Files.createDirectories(file.getParent());
          Files.copy(jar.getInputStream(entry), file);
        }
      }
    }
    return directory;
  }
}

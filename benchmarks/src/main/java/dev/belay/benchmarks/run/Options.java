package dev.belay.benchmarks.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What to measure and how.
 *
 * @param only names of figures, empty for all
 * @param without contenders that stay out
 * @param rounds of each contender for each figure
 * @param isShort a look whether everything works, not a measurement
 * @param jdks their homes
 * @param output directory for results and charts
 * @param agent the agent's jar
 * @param agentSettings JVM options for every JVM with the agent
 */
record Options(
    List<String> only,
    List<String> without,
    int rounds,
    boolean isShort,
    List<Path> jdks,
    Path output,
    Path agent,
    List<String> agentSettings) {

  static final List<String> FIGURES =
      List.of(
          "bulk",
          "ping",
          "connects",
          "crowd",
          "heap",
          "startup",
          "jar",
          "takeover",
          "takeover-up",
          "thousand",
          "thousand-replicated",
          "resume",
          "rsocket",
          "growth-sessions",
          "growth-message",
          "growth-history",
          "growth-servers");

  static final String USAGE =
      """
      java -jar belay-benchmarks.jar macro [option]...
        --only=a,b        figures, of: %s
        --without=a,b     contenders that stay out
        --rounds=n        rounds for each contender (5)
        --short           small amounts: does it run?
        --jdk=home,home   JDKs (the running one)
        --out=directory   results.json and the charts (target/results)
        --agent=jar       the agent (agent/target/belay-agent.jar)
        --set=key=value   a setting of the agent, may be repeated (cluster.mode=none)\
      """;

  /**
   * What a command line asks for.
   *
   * @throws IllegalArgumentException with a line for who wrote it
   */
  static Options parse(List<String> args) {
    List<String> only = List.of();
    List<String> without = List.of();
    int rounds = 5;
    boolean isShort = false;
    List<Path> jdks = List.of(Path.of(System.getProperty("java.home")));
    Path output = Path.of("target/results");
    Path agent = Path.of("agent/target/belay-agent.jar");
    List<String> settings = new ArrayList<>(List.of("-Dbelay.cluster.mode=none"));
    for (String arg : args) {
      String value = arg.substring(arg.indexOf('=') + 1);
      switch (arg.replaceFirst("=.*", "")) {
        case "--only" -> only = known(List.of(value.split(",")));
        case "--without" -> without = List.of(value.split(","));
        case "--rounds" -> rounds = Integer.parseInt(value);
        case "--short" -> isShort = true;
        case "--jdk" -> jdks = List.of(value.split(",")).stream().map(Path::of).toList();
        case "--out" -> output = Path.of(value);
        case "--agent" -> agent = Path.of(value);
        case "--set" -> settings.add("-Dbelay." + value);
        default ->
            throw new IllegalArgumentException(
                "unknown option: " + arg + "; without arguments the options are listed");
      }
    }
    return new Options(
        only, without, rounds, isShort, jdks, output, agent.toAbsolutePath(), settings);
  }

  private static List<String> known(List<String> asked) {
    for (String figure : asked) {
      if (!FIGURES.contains(figure)) {
        throw new IllegalArgumentException(
            "--only=" + figure + ": expected one of " + String.join(", ", FIGURES));
      }
    }
    return asked;
  }

  boolean wants(String figure) {
    return only.isEmpty() || only.contains(figure);
  }

  boolean has(Contender contender) {
    return !without.contains(contender.label());
  }

  /** An amount, or a hundredth of it, at least 1, if this is only a look. */
  long amount(long full) {
    return isShort ? Math.max(1, full / 100) : full;
  }
}

package dev.belay.benchmarks.run;

import dev.belay.benchmarks.micro.Micro;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The benchmarks' one command. */
public final class Main {
  private Main() {}

  /** {@code macro}, {@code log} or {@code micro}, and their options. */
  public static void main(String[] args) throws Exception {
    List<String> rest = args.length == 0 ? List.of() : Arrays.asList(args).subList(1, args.length);
    String command = args.length == 0 ? "" : args[0];
    switch (command) {
      case "macro" -> macro(options(rest));
      case "log" -> log(options(rest));
      case "micro" -> Micro.run(rest);
      default -> {
        System.err.println(Options.USAGE.formatted(String.join(", ", Options.FIGURES)));
        System.err.println("java -jar belay-benchmarks.jar log [--jdk=home,home]");
        System.err.println(Micro.USAGE);
        System.exit(2);
      }
    }
  }

  /** Ends the JVM with one line if they are not understood. */
  private static Options options(List<String> args) {
    try {
      return Options.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      throw e;
    }
  }

  private static void log(Options options) throws IOException {
    Files.createDirectories(options.output());
    System.out.println(Machine.describe());
    for (Path jdk : options.jdks()) {
      Jvm jvm = new Jvm(jdk, options, options.output().resolve("programs.log"));
      System.out.println("JDK " + jvm.version());
      new Logs(jvm).measure();
    }
  }

  private static void macro(Options options) throws IOException, InterruptedException {
    Files.createDirectories(options.output());
    System.out.println(Machine.describe());
    List<Sample> samples = new ArrayList<>();
    for (Path jdk : options.jdks()) {
      Jvm jvm = new Jvm(jdk, options, options.output().resolve("programs.log"));
      Bench bench = new Bench(options, jvm, samples);
      try {
        new Steady(bench).measure();
        new Footprint(bench).measure();
        new Growth(bench).measure();
        bench.closeStage(); // what follows has groups of its own
        new Recovery(bench).measure();
      } finally {
        bench.closeStage();
        Report.json(samples, options.output().resolve("results.json"));
        Charts.draw(samples, options.output());
      }
    }
  }
}

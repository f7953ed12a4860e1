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
  private static final String FIGURES =
      "bulk, ping, connects, crowd, heap, startup, jar, takeover, takeover-up, thousand,"
          + " thousand-replicated, resume, rsocket, growth-sessions, growth-message,"
          + " growth-history, growth-servers";

  private Main() {}

  /** {@code macro}, {@code log} or {@code micro}, and their options. */
  public static void main(String[] args) throws Exception {
    List<String> rest = args.length == 0 ? List.of() : Arrays.asList(args).subList(1, args.length);
    String command = args.length == 0 ? "" : args[0];
    switch (command) {
      case "macro" -> macro(Options.parse(rest));
      case "log" -> log(Options.parse(rest));
      case "micro" -> Micro.run(rest);
      default -> {
        System.err.println(Options.USAGE.formatted(FIGURES));
        System.err.println("java -jar belay-benchmarks.jar log [--jdk=home,home]");
        System.err.println(Micro.USAGE);
        System.exit(2);
      }
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

package dev.belay.benchmarks.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** One run: takes the contenders through their rounds and collects what they reach. One thread. */
final class Bench {
  /** One round of one contender: one value for each name of the figure. */
  interface Round {
    double[] run(Contender contender) throws IOException, InterruptedException;
  }

  private final Options options;
  private final Jvm jvm;
  private final String jdk;
  private final List<Sample> samples;
  private Stage stage;

  Bench(Options options, Jvm jvm, List<Sample> samples) throws IOException {
    this.options = options;
    this.jvm = jvm;
    this.jdk = jvm.version();
    this.samples = samples;
  }

  Options options() {
    return options;
  }

  Jvm jvm() {
    return jvm;
  }

  /** The contenders, started when first needed. */
  Stage stage() throws IOException {
    if (stage == null) {
      stage = new Stage(jvm, Files.createTempDirectory("belay-benchmarks"));
    }
    return stage;
  }

  void closeStage() throws IOException {
    if (stage != null) {
      stage.close();
      stage = null;
    }
  }

  /**
   * Rounds in turn, after one that does not count.
   *
   * @param figures name and unit of each value of a round, as {@code name|unit}
   */
  void compare(List<String> figures, List<Contender> contenders, Round round)
      throws IOException, InterruptedException {
    double load = Machine.loadAverage();
    Map<Contender, List<double[]>> all = new EnumMap<>(Contender.class);
    for (int i = -1; i < options.rounds(); i++) {
      for (Contender contender : contenders) {
        if (!options.has(contender) || !stage().has(contender)) {
          continue;
        }
        double[] values = round.run(contender);
        if (i >= 0) {
          all.computeIfAbsent(contender, any -> new ArrayList<>()).add(values);
        }
      }
    }
    for (int i = 0; i < figures.size(); i++) {
      for (Contender contender : all.keySet()) {
        int value = i;
        double[] values =
            all.get(contender).stream().mapToDouble(round1 -> round1[value]).toArray();
        add(figures.get(i), contender, values, load);
      }
      Report.compared(samples, figures.get(i).replaceFirst("\\|.*", ""), jdk);
    }
  }

  /** A figure of one contender, round by round; {@code figure} is {@code name|unit}. */
  void add(String figure, Contender contender, double[] values, double load) {
    int bar = figure.indexOf('|');
    samples.add(
        new Sample(
            figure.substring(0, bar), jdk, contender, figure.substring(bar + 1), values, load));
  }

  /** As {@link #add}, and to the terminal. */
  void addAndSay(String figure, Contender contender, double... values) {
    add(figure, contender, values, Machine.loadAverage());
    Report.compared(samples, figure.replaceFirst("\\|.*", ""), jdk);
  }

  /** A directory of its own for a child's files. */
  static Path directory() throws IOException {
    return Files.createTempDirectory("belay-benchmarks");
  }
}

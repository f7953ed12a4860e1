package dev.belay.benchmarks.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** What was measured, for people and for programs. */
final class Report {
  private Report() {}

  /** One figure's contenders, a line each, with their ratio to plain sockets. */
  static void compared(List<Sample> samples, String figure, String jdk) {
    List<Sample> same =
        samples.stream().filter(s -> s.figure().equals(figure) && s.jdk().equals(jdk)).toList();
    Sample plain =
        same.stream().filter(s -> s.contender() == Contender.PLAIN).findFirst().orElse(null);
    for (Sample sample : same) {
      System.out.printf(
          Locale.ROOT,
          "%-10s %-44s %-12s %12.3f %-6s %s  load %.1f  %s%n",
          jdk,
          figure,
          sample.contender().label(),
          sample.median(),
          sample.unit(),
          plain == null ? "      " : String.format(Locale.ROOT, "x%5.3f", sample.ratioTo(plain)),
          sample.loadAverage(),
          values(sample));
    }
  }

  private static String values(Sample sample) {
    return DoubleStream.of(sample.values())
        .mapToObj(value -> String.format(Locale.ROOT, "%.4g", value))
        .collect(Collectors.joining(" ", "[", "]"));
  }

  /** Everything, as one JSON document. */
  static void json(List<Sample> samples, Path file) throws IOException {
    String lines = samples.stream().map(Report::json).collect(Collectors.joining(",\n    "));
    Files.writeString(
        file,
        "{\n  \"machine\": \""
            + Machine.describe()
            + "\",\n  \"samples\": [\n    "
            + lines
            + "\n  ]\n}\n");
  }

  private static String json(Sample sample) {
    String values =
        DoubleStream.of(sample.values())
            .mapToObj(String::valueOf)
            .collect(Collectors.joining(", ", "[", "]"));
    return "{\"figure\": \""
        + sample.figure()
        + "\", \"jdk\": \""
        + sample.jdk()
        + "\", \"contender\": \""
        + sample.contender().label()
        + "\", \"unit\": \""
        + sample.unit()
        + "\", \"median\": "
        + sample.median()
        + ", \"load\": "
        + sample.loadAverage()
        + ", \"values\": "
        + values
        + "}";
  }
}

package dev.belay.benchmarks.run;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;

/** One chart for each way in which cost grows. */
final class Charts {
  private static final int WIDTH = 760;
  private static final int HEIGHT = 420;

  /** A chart: the figures that begin so, and what its axes are. */
  private record Axes(
      String prefix, String title, String x, String y, boolean isLogX, boolean isLogY) {}

  private static final List<Axes> CHARTS =
      List.of(
          new Axes("sessions", "Messages per second", "sessions", "1/s", true, false),
          new Axes("message", "Ping-pong", "message, bytes", "p50, us", true, true),
          new Axes("history", "Stall at kill -9", "history, MB", "median, ms", false, false),
          new Axes("servers", "Stall at kill -9", "servers", "median, ms", false, false));

  private Charts() {}

  /** Those of which there are figures, as {@code growth-*.svg}. */
  static void draw(List<Sample> samples, Path directory) throws IOException {
    for (Axes axes : CHARTS) {
      List<Sample> its = samples.stream().filter(s -> isOf(s, axes)).toList();
      if (!its.isEmpty()) {
        String file = directory.resolve("growth-" + axes.prefix()).toString();
        VectorGraphicsEncoder.saveVectorGraphic(chart(axes, its), file, VectorGraphicsFormat.SVG);
      }
    }
  }

  private static boolean isOf(Sample sample, Axes axes) {
    String figure = sample.figure();
    return figure.startsWith("growth " + axes.prefix() + " ") && !figure.contains("worst");
  }

  private static XYChart chart(Axes axes, List<Sample> samples) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(axes.title())
            .xAxisTitle(axes.x())
            .yAxisTitle(axes.y())
            .build();
    chart.getStyler().setXAxisLogarithmic(axes.isLogX()).setYAxisLogarithmic(axes.isLogY());
    chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    if (!axes.isLogY()) {
      chart.getStyler().setYAxisMin(0.0);
    }
    TreeMap<String, TreeMap<Double, Double>> curves = new TreeMap<>();
    for (Sample sample : samples) {
      String curve = "JDK " + sample.jdk() + " " + sample.contender().label();
      double x = Double.parseDouble(sample.figure().split("[ ,]")[2]);
      curves.computeIfAbsent(curve, any -> new TreeMap<>()).put(x, sample.median());
    }
    curves.forEach(
        (name, points) ->
            chart.addSeries(
                name, new ArrayList<>(points.keySet()), new ArrayList<>(points.values())));
    return chart;
  }
}

package dev.belay.benchmarks.run;

import java.util.Arrays;

/**
 * What one contender reached in one figure, round by round.
 *
 * @param figure what was measured, with its parameters
 * @param unit of the values
 * @param values one for each round
 * @param loadAverage of one minute, when the figure was begun
 */
record Sample(
    String figure,
    String jdk,
    Contender contender,
    String unit,
    double[] values,
    double loadAverage) {

  double median() {
    return median(values);
  }

  /**
   * The median of the ratios round by round: what disturbed a round disturbed both of its values.
   */
  double ratioTo(Sample other) {
    double[] ratios = new double[Math.min(values.length, other.values.length)];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = values[i] / other.values[i];
    }
    return median(ratios);
  }

  private static double median(double[] values) {
    if (values.length == 0) {
      return Double.NaN;
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}

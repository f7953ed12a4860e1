package dev.belay.samples.demo;

import dev.belay.samples.launch.Step;
import java.io.PrintStream;
import java.util.Locale;
import java.util.TreeSet;

/**
 * Shows how far the client is: a bar with the kills marked on a terminal, a plain line for each
 * tenth elsewhere. Used by one thread.
 */
final class Screen {

  private static final int WIDTH = 50;
  private static final int PLAIN_STEPS = 10;
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintStream out;
  private final boolean terminal;
  private final Scenario.Unit unit;
  private final TreeSet<Integer> marks = new TreeSet<>();
  private String bar = "";
  private int plainStep;

  Screen(PrintStream out, boolean terminal, Scenario.Unit unit) {
    this.out = out;
    this.terminal = terminal;
    this.unit = unit;
  }

  /** Shows the client's progress. */
  void show(Step step) {
    bar = "  [" + cells(step.fraction()) + "] " + text(step);
    int reached = (int) (step.fraction() * PLAIN_STEPS);
    if (terminal) {
      out.print(CLEAR_LINE + bar);
      out.flush();
    } else if (reached > plainStep) {
      plainStep = reached;
      out.println(bar);
    }
  }

  /** Marks a kill on the bar and says so. */
  void mark(Step step, String event) {
    marks.add(cell(step.fraction()));
    say(String.format(Locale.ROOT, "  kill -9 %s at %s", event, text(step).trim()));
  }

  /** Says something above the bar. */
  void say(String line) {
    out.println((terminal ? CLEAR_LINE : "") + line);
    if (terminal) {
      out.print(bar);
    }
    out.flush();
  }

  /** Leaves the bar where it is. */
  void end() {
    if (terminal) {
      out.println();
    }
    bar = "";
  }

  private String text(Step step) {
    return String.format(
        Locale.ROOT,
        "%3.0f %%  %s  longest stall %d ms",
        step.fraction() * 100,
        unit.format((double) step.done()),
        step.longestGapMs());
  }

  private String cells(double fraction) {
    StringBuilder cells = new StringBuilder();
    int filled = cell(fraction);
    for (int i = 0; i < WIDTH; i++) {
      cells.append(marks.contains(i) ? 'x' : i < filled ? '=' : i == filled ? '>' : ' ');
    }
    return cells.toString();
  }

  private static int cell(double fraction) {
    return (int) (fraction * WIDTH);
  }
}

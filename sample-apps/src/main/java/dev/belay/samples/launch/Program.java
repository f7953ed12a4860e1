package dev.belay.samples.launch;

import java.util.ArrayList;
import java.util.List;

/**
 * A main class and its arguments.
 *
 * @param main a class of this class path
 * @param arguments as on the command line
 */
public record Program(Class<?> main, List<String> arguments) {

  /** A program with its arguments one by one. */
  public Program(Class<?> main, String... arguments) {
    this(main, List.of(arguments));
  }

  /** The same with more arguments behind. */
  public Program with(String... more) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of(more));
    return new Program(main, List.copyOf(all));
  }
}

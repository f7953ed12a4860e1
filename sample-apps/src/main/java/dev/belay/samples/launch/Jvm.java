package dev.belay.samples.launch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a JVM is started.
 *
 * @param home directory of the JDK
 * @param options of the JVM itself
 */
public record Jvm(Path home, List<String> options) {

  /** A JVM like this one, with its own options. */
  public static Jvm here(List<String> options) {
    return new Jvm(Path.of(System.getProperty("java.home")), options);
  }

  /** The command line that runs a program of this class path. */
  List<String> command(Program program) {
    List<String> command = new ArrayList<>();
    command.add(home.resolve("bin").resolve("java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(program.main().getName());
    command.addAll(program.arguments());
    return command;
  }
}

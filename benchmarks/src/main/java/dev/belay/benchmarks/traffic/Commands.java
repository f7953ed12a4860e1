package dev.belay.benchmarks.traffic;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** The conversation with who measures: {@code ready}, then an answer to each line. One thread. */
public final class Commands {
  /** Begins an answer, so that nothing else on the output is taken for one. */
  public static final String ANSWER = "answer ";

  /** Begins the answer of a command that failed. */
  public static final String FAILED = "failed ";

  private Commands() {}

  /** What a program can be asked to do. */
  public interface Program {
    /** Numbers and names separated by blanks. */
    Object run(String[] words) throws IOException, InterruptedException;
  }

  /** Until standard input ends. */
  public static void serve(Program program) throws IOException {
    System.out.println(ANSWER + "ready");
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      System.out.println(answer(program, line));
      System.out.flush();
    }
    System.exit(0);
  }

  private static String answer(Program program, String line) {
    try {
      return ANSWER + program.run(line.split(" "));
    } catch (IOException | InterruptedException | RuntimeException e) {
      return FAILED + e;
    }
  }
}

package dev.belay.samples.program;

import java.io.PrintStream;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;

/**
 * Frame of a client's main: parses the command line, runs the body and prints one last line with
 * the verdict. The exit status is {@link #RIGHT} only if the body found everything right.
 */
public final class ClientProgram {

  /** Everything was right. */
  public static final int RIGHT = 0;

  /** The peer sent wrong data. */
  public static final int WRONG_DATA = 1;

  /** An exception ended the program; that includes a wrong command line. */
  public static final int FAILED = 2;

  /** What the last line of one that got wrong data begins with. */
  public static final String WRONG_DATA_VERDICT = "verdict: wrong data, ";

  /** Flags that every client knows. */
  private static final Set<String> FLAGS = Set.of("help", "progress", "verbose");

  private final String usage;
  private final Body body;

  /**
   * A client.
   *
   * @param usage printed for {@code --help}
   * @param body does the work and returns the facts of the verdict line
   */
  public ClientProgram(String usage, Body body) {
    this.usage = usage;
    this.body = body;
  }

  /** Runs the client without leaving the JVM; returns the exit status. */
  public int run(PrintStream out, String... args) {
    if (List.of(args).contains("--help")) {
      out.println(usage);
      return RIGHT;
    }
    try {
      out.println("verdict: right, " + body.run(Arguments.parse(FLAGS, args), out));
      return RIGHT;
    } catch (WrongDataException e) {
      out.println(WRONG_DATA_VERDICT + e.getMessage());
      return WRONG_DATA;
    } catch (ExecutionException e) {
      return failed(out, e.getCause() == null ? e : e.getCause());
    } catch (Exception e) {
      return failed(out, e);
    }
  }

  private static int failed(PrintStream out, Throwable cause) {
    if (cause instanceof WrongDataException) {
      out.println(WRONG_DATA_VERDICT + cause.getMessage());
      return WRONG_DATA;
    }
    out.println("verdict: failed, " + describe(cause));
    return FAILED;
  }

  /** An exception's class and message on one line. */
  static String describe(Throwable cause) {
    return cause.toString().replaceAll("\\s+", " ");
  }

  /** What a client does between its command line and its verdict. */
  @FunctionalInterface
  public interface Body {

    /**
     * Does the whole work.
     *
     * @return the facts of the verdict line, such as counts and times
     * @throws WrongDataException if the peer sent wrong data
     */
    String run(Arguments arguments, PrintStream out) throws Exception;
  }
}

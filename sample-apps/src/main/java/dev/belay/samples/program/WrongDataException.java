package dev.belay.samples.program;

/** The peer sent something else than what its input demands: the client must exit with status 1. */
public final class WrongDataException extends Exception {

  private static final long serialVersionUID = 1L;

  /** The message says where, what was expected and what came. */
  public WrongDataException(String message) {
    super(message);
  }

  /** Checks one text of the peer against what it should be. */
  public static void check(String where, String expected, String actual) throws WrongDataException {
    if (!expected.equals(actual)) {
      throw new WrongDataException(
          where + ": expected '" + expected + "' but got '" + actual + "'");
    }
  }

  /** Checks one number of the peer against what it should be. */
  public static void check(String where, long expected, long actual) throws WrongDataException {
    if (expected != actual) {
      throw new WrongDataException(where + ": expected " + expected + " but got " + actual);
    }
  }
}

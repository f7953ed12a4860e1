package dev.belay.samples.chaos;

import dev.belay.samples.program.ClientProgram;

/** How a client ended. */
enum Outcome {
  /** Everything it got was right. */
  RIGHT("right"),
  /** It got something else than what it must get. */
  WRONG_DATA("WRONG DATA"),
  /** It got an exception, and the agent's log says why. */
  LOST("lost, with a reason"),
  /** It got an exception, and the agent's log says nothing of it. */
  FAILED("FAILED WITHOUT A REASON"),
  /** It did not come to its end. */
  HUNG("HUNG");

  private final String text;

  Outcome(String text) {
    this.text = text;
  }

  /**
   * That of a client that has ended. A JVM that cannot start has the exit status of one whose
   * program got wrong data, so that has to be said, too.
   *
   * @param lastLine that the program printed
   * @param hasReason the agent's log says why it got an exception
   */
  static Outcome of(int exitStatus, String lastLine, boolean hasReason) {
    if (exitStatus == ClientProgram.RIGHT) {
      return RIGHT;
    }
    boolean isSaid = lastLine.startsWith(ClientProgram.WRONG_DATA_VERDICT);
    if (exitStatus == ClientProgram.WRONG_DATA && isSaid) {
      return WRONG_DATA;
    }
    return hasReason ? LOST : FAILED;
  }

  /** For people. */
  String text() {
    return text;
  }
}

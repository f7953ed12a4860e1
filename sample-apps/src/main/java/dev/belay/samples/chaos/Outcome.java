package dev.belay.samples.chaos;

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

  /** For people. */
  String text() {
    return text;
  }
}

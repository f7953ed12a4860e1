package dev.belay.samples.chaos;

/**
 * The verdict on a run.
 *
 * @param isRight whether every client got everything right, and there was something to survive
 * @param reason in one sentence
 */
record Verdict(boolean isRight, String reason) {

  /** Judges a run that has ended. */
  static Verdict on(Recording recording) {
    long clients = recording.results().size();
    long right = recording.count(Outcome.RIGHT);
    if (clients == 0 || right < clients) {
      return new Verdict(
          false,
          clients
              - right
              + " of "
              + clients
              + " clients did not end right: "
              + recording.count(Outcome.WRONG_DATA)
              + " got wrong data, "
              + recording.count(Outcome.LOST)
              + " were reset with a reason in the log, "
              + recording.count(Outcome.FAILED)
              + " without one, "
              + recording.count(Outcome.HUNG)
              + " hung");
    }
    if (recording.injectedCount() == 0) {
      return new Verdict(false, "no fault was injected, so nothing is shown");
    }
    return new Verdict(
        true,
        "all "
            + clients
            + " clients got every byte, once and in order, through "
            + recording.injectedCount()
            + " faults; no application saw an exception");
  }
}

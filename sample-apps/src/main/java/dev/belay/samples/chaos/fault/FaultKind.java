package dev.belay.samples.chaos.fault;

import java.util.Locale;

/** What is done to a server. */
public enum FaultKind {
  /** SIGKILL; after its length the server is started again at its ports. */
  KILL("kill -9", "killed with SIGKILL, started again later", 500, 3_000, true),

  /** SIGTERM, the orderly end of a redeployment; started again as soon as it has ended. */
  RESTART("restart", "ended with SIGTERM, started again at once", 0, 0, true),

  /** SIGSTOP, then SIGCONT: it hangs, and knows nothing of it when it wakes up. */
  STOP("stop", "stopped with SIGSTOP, then continued", 200, 4_000, true),

  /** No packet to or from its ports arrives: the peer vanishes without a word. */
  SILENCE("silence", "cut off: packets dropped both ways, without FIN or RST", 200, 4_000, true),

  /** All established connections to its ports are destroyed; the processes live on. */
  RESET("reset", "all its connections reset, both processes alive", 0, 0, false),

  /** It runs for 30 of each 100 ms: slow, but alive, and not to be declared dead. */
  SLOW("slow", "runs 30 of each 100 ms only", 1_000, 4_000, false);

  private final String label;
  private final String meaning;
  private final int leastMs;
  private final int mostMs;
  private final boolean disabling;

  FaultKind(String label, String meaning, int leastMs, int mostMs, boolean disabling) {
    this.label = label;
    this.meaning = meaning;
    this.leastMs = leastMs;
    this.mostMs = mostMs;
    this.disabling = disabling;
  }

  /** Its short name for people. */
  public String label() {
    return label;
  }

  /** What happens to the server, as part of a sentence. */
  public String meaning() {
    return meaning;
  }

  /** Shortest length. */
  public int leastMs() {
    return leastMs;
  }

  /** Longest length. */
  public int mostMs() {
    return mostMs;
  }

  /** Whether the server cannot serve meanwhile: then another one must be able to. */
  public boolean isDisabling() {
    return disabling;
  }

  /** Its name on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

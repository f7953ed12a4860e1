package dev.belay.replicator.log;

/**
 * The number of a session's server incarnation. The client names it, each takeover raises it, and a
 * lower one has no say any more. Never negative; immutable.
 */
public record Epoch(int number) implements Comparable<Epoch> {

  /** That of the server with which the session began. */
  public static final Epoch FIRST = new Epoch(0);

  /**
   * @throws IllegalArgumentException if {@code number} is negative
   */
  public Epoch {
    if (number < 0) {
      throw new IllegalArgumentException("negative epoch: " + number);
    }
  }

  /** The one that follows. */
  public Epoch next() {
    return new Epoch(Math.addExact(number, 1));
  }

  /** Whether {@code other} has taken over since. */
  public boolean isBefore(Epoch other) {
    return number < other.number;
  }

  @Override
  public int compareTo(Epoch other) {
    return Integer.compare(number, other.number);
  }

  /** The number alone. */
  @Override
  public String toString() {
    return Integer.toString(number);
  }
}

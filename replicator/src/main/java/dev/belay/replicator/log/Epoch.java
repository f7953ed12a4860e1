package dev.belay.replicator.log;

/**
 * The number of a session's server incarnation. The client names it, each takeover raises it, and a
 * lower one has no say any more. Never negative; immutable.
 */
public record Epoch(int number) implements Comparable<Epoch> {

  /** Most sessions never get beyond these: they share them. */
  private static final Epoch[] SHARED = new Epoch[8];

  static {
    for (int i = 0; i < SHARED.length; i++) {
      SHARED[i] = new Epoch(i);
    }
  }

  /** The lowest. */
  public static final Epoch FIRST = of(0);

  /**
   * @throws IllegalArgumentException if {@code number} is negative
   */
  public Epoch {
    if (number < 0) {
      throw new IllegalArgumentException("negative epoch: " + number);
    }
  }

  /**
   * That of a number.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public static Epoch of(int number) {
    return number >= 0 && number < SHARED.length ? SHARED[number] : new Epoch(number);
  }

  /** The one that follows. */
  public Epoch next() {
    return of(Math.addExact(number, 1));
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

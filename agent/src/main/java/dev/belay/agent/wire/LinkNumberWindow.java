package dev.belay.agent.wire;

/**
 * Accepts each link number of a pair once, so that a recorded preface is worth nothing: a window of
 * 4096 numbers that slides with the highest one seen (as the anti-replay window of RFC 4303 section
 * 3.4.3). A number below the window is refused, seen or not. Ask only about numbers whose MAC is
 * good: others would move the window. One thread, or the owner's lock.
 */
public final class LinkNumberWindow {

  /** How far behind the highest number a new one may be. */
  public static final int WINDOW = 4096;

  private static final int WORD_BITS = Long.SIZE;

  /** Bit n mod 4096: n has been seen, for each n in (highest - 4096, highest]. */
  private final long[] seen = new long[WINDOW / WORD_BITS];

  private long highest = -1;

  /** Whether the number is new; if so it is not any more. */
  public boolean accept(long linkNumber) {
    if (linkNumber < 0 || linkNumber <= highest - WINDOW) {
      return false;
    }
    if (linkNumber > highest) {
      slideTo(linkNumber);
    }
    return mark(linkNumber);
  }

  private void slideTo(long linkNumber) {
    long first = Math.max(highest + 1, linkNumber - WINDOW + 1);
    for (long number = first; number <= linkNumber && number >= 0; number++) {
      seen[wordOf(number)] &= ~bitOf(number);
    }
    highest = linkNumber;
  }

  private boolean mark(long linkNumber) {
    boolean isNew = (seen[wordOf(linkNumber)] & bitOf(linkNumber)) == 0;
    seen[wordOf(linkNumber)] |= bitOf(linkNumber);
    return isNew;
  }

  private static int wordOf(long number) {
    return (int) (number & (WINDOW - 1)) / WORD_BITS;
  }

  private static long bitOf(long number) {
    return 1L << (number & (WORD_BITS - 1));
  }
}

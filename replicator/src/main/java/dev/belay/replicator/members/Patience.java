package dev.belay.replicator.members;

import java.util.concurrent.TimeUnit;

/**
 * How long other members are waited for. Immutable.
 *
 * @param answerNs an answer that has not come by then is taken for lost
 * @param foundNs once a copy has been found, the others have so long to come up with a better one
 * @param nothingNs no copy has been found: nobody is waited for any longer
 * @param giveUpNs a member without any answer for so long gets no new sessions, and loses those it
 *     has
 */
public record Patience(long answerNs, long foundNs, long nothingNs, long giveUpNs) {

  /** That of the product. */
  public static final Patience USUAL =
      new Patience(millis(1000), millis(150), millis(400), millis(3000));

  private static long millis(long count) {
    return TimeUnit.MILLISECONDS.toNanos(count);
  }
}

package dev.belay.replicator.held;

import java.util.Objects;

/**
 * A piece of log as its holder sees it: a range of input and something opaque, perhaps encrypted.
 *
 * <p>Invariant: {@code 0 <= inPosition < endPosition}. Immutable if its content is.
 *
 * @param inPosition input position of its first byte
 * @param endPosition input position behind its last byte
 * @param content what its writer gave
 * @param contentBytes memory that the content takes
 */
public record HeldRecord<T>(long inPosition, long endPosition, T content, int contentBytes) {

  /**
   * @throws IllegalArgumentException if the range is none
   */
  public HeldRecord {
    Objects.requireNonNull(content);
    if (inPosition < 0 || inPosition >= endPosition || contentBytes < 0) {
      throw new IllegalArgumentException(
          String.format(
              "no held record: in=%d end=%d bytes=%d", inPosition, endPosition, contentBytes));
    }
  }
}

package dev.belay.replicator.log;

import java.util.Arrays;
import java.util.Objects;

/**
 * What a server must know to take a session over, apart from its log. A value: the log gives out a
 * new one when something has changed.
 *
 * <p>Invariant: {@code 0 <= startPosition <= endPosition}. Immutable as long as nobody writes to
 * {@code sealedKey}.
 *
 * @param id the session
 * @param epoch the incarnation that may write
 * @param service the service whose support group may continue it
 * @param server names the incarnation's process, a new name at each start of a JVM
 * @param sealedKey the session key, encrypted by the agent; opaque here, not to be changed
 * @param startPosition input position of the first byte held
 * @param endPosition input position behind the last byte held
 */
@SuppressWarnings("ArrayRecordComponent") // compared by content, see below
public record SessionRecord(
    SessionId id,
    Epoch epoch,
    String service,
    String server,
    byte[] sealedKey,
    long startPosition,
    long endPosition) {

  /**
   * @throws IllegalArgumentException if the positions are out of order
   */
  public SessionRecord {
    Objects.requireNonNull(id);
    Objects.requireNonNull(epoch);
    Objects.requireNonNull(service);
    Objects.requireNonNull(server);
    Objects.requireNonNull(sealedKey);
    if (startPosition < 0 || startPosition > endPosition) {
      throw new IllegalArgumentException(
          "positions out of order: start=" + startPosition + " end=" + endPosition);
    }
  }

  /** That of a session which begins now on {@code server}. */
  public static SessionRecord begun(SessionId id, String service, String server, byte[] sealedKey) {
    return new SessionRecord(id, Epoch.FIRST, service, server, sealedKey, 0, 0);
  }

  /** The same session with another incarnation. */
  public SessionRecord claimedBy(String nextServer, Epoch nextEpoch) {
    return new SessionRecord(
        id, nextEpoch, service, nextServer, sealedKey, startPosition, endPosition);
  }

  /** The same session with another range of log held. */
  public SessionRecord holding(long nextStartPosition, long nextEndPosition) {
    return new SessionRecord(
        id, epoch, service, server, sealedKey, nextStartPosition, nextEndPosition);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SessionRecord that
        && id.equals(that.id)
        && epoch.equals(that.epoch)
        && service.equals(that.service)
        && server.equals(that.server)
        && Arrays.equals(sealedKey, that.sealedKey)
        && startPosition == that.startPosition
        && endPosition == that.endPosition;
  }

  @Override
  public int hashCode() {
    return Objects.hash(id, epoch, startPosition, endPosition);
  }

  /** Everything but the key. */
  @Override
  public String toString() {
    return String.format(
        "session=%s epoch=%s service=%s server=%s start=%d end=%d",
        id.shortString(), epoch, service, server, startPosition, endPosition);
  }
}

package dev.belay.replicator.log;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Where session records and input logs outlive the server that writes them.
 *
 * <p>Invariant: what was answered as durable is answered again, byte for byte, by every later read,
 * until it is trimmed or the session is closed or expired.
 *
 * <p>Any thread may call; no call blocks, and none throws for what it finds: a stage fails with
 * {@link FencedException}, {@link SessionUnknownException}, {@link LogTruncatedException}, or with
 * {@link IllegalArgumentException} if the caller is at fault. Any other failure means that the
 * outcome is unknown. Each operation may then be repeated as it is: a second time it changes
 * nothing. A stage may complete in a thread of the log or in the caller's own, so what hangs on it
 * must not block and must not need a lock that the caller holds.
 *
 * <p>What must never happen, whatever breaks:
 *
 * <ul>
 *   <li>a byte is answered as durable that only the session's own server holds;
 *   <li>an append, a trim or a close of a lower epoch takes effect after a claim or a fence has
 *       been answered;
 *   <li>two servers are granted the same epoch;
 *   <li>bytes once held are replaced by others, in a conflict, a merge or a repetition;
 *   <li>a log has a hole.
 * </ul>
 */
public interface SessionLog {

  /**
   * Begins a session, or goes on with it in a log that has lost it.
   *
   * <p>Must never take the place of a session that is held already: if one is, the stage fails with
   * {@link FencedException}, unless its epoch and server are the same. Only what is left of a lower
   * epoch gives way, whole: its server has been replaced without this log's knowledge.
   *
   * @param record with {@code startPosition == endPosition}: where the log begins
   */
  CompletionStage<Void> open(SessionRecord record);

  /** {@link #session(SessionId, long)} for who is content with any copy of the log. */
  default CompletionStage<SessionRecord> session(SessionId id) {
    return session(id, 0);
  }

  /**
   * The session's record as it is now. A look: it claims nothing and promises nothing.
   *
   * @param wantedPosition a log that ends before is of no use to the caller: one that reaches so
   *     far is worth waiting for
   */
  CompletionStage<SessionRecord> session(SessionId id, long wantedPosition);

  /**
   * Appends what the log does not hold yet. Known by position: bytes below the end are passed over,
   * even if they came in other pieces; a record that begins behind the end is left out, and so are
   * those after it.
   *
   * <p>Must never answer before the bytes are held by a member other than the caller's, and never
   * overwrite.
   *
   * @param epoch the caller's, which it has opened or claimed
   * @param records in order; handed over
   * @return the durable position now, at which the caller has to go on: lower than the last
   *     record's end if something was left out
   */
  CompletionStage<Long> append(SessionId id, Epoch epoch, List<LogRecord> records);

  /**
   * The position up to which the input is held by a member other than the session's server.
   *
   * <p>Must never be higher than what a takeover at this moment would find. It may fall when
   * holders leave; then the server ships its own copy again.
   */
  CompletionStage<Long> durablePosition(SessionId id);

  /**
   * Records in order, the first one beginning at {@code fromPosition} exactly, cut if need be.
   * Fails with {@link LogTruncatedException} if that has been trimmed.
   *
   * <p>Must never skip a byte. While a lower epoch is not fenced the end may still move; so claim
   * first, then read.
   *
   * @param limitBytes no more in all, but one record at least
   * @return none if {@code fromPosition} is the end
   */
  CompletionStage<List<LogRecord>> read(SessionId id, long fromPosition, int limitBytes);

  /** {@link #claim(SessionId, Epoch, Epoch, String, long)} for who is content with any copy. */
  default CompletionStage<SessionRecord> claim(
      SessionId id, Epoch expected, Epoch next, String server) {
    return claim(id, expected, next, server, 0);
  }

  /**
   * Compare-and-set of the epoch: {@code server} becomes the session's server if the epoch is still
   * {@code expected}, and all lower epochs are fenced. Fails with {@link FencedException} if it is
   * not, or if {@code next} is fenced itself. A server that has been granted {@code next} is
   * granted it again. A session that is unknown is fenced all the same, so that a lower epoch
   * cannot open it anew.
   *
   * <p>Must never be answered while an append of a lower epoch may still be answered as durable:
   * the end of the log in the answer is final but for the new server's own appends.
   *
   * @param next named by the client, higher than {@code expected}
   * @param wantedPosition a log that ends before is of no use to the caller: one that reaches so
   *     far is worth waiting for, but the answer may still be one that does not
   */
  CompletionStage<SessionRecord> claim(
      SessionId id, Epoch expected, Epoch next, String server, long wantedPosition);

  /**
   * Fences all epochs below {@code epoch} without a successor yet: from now on they may neither
   * append nor be claimed, nor may they open the session anew if it is unknown.
   *
   * <p>Must never lower a fence: an older call changes nothing.
   *
   * @return the end of the log, which now stands still until somebody claims the session
   */
  CompletionStage<Long> fence(SessionId id, Epoch epoch);

  /**
   * Input below {@code position} is no longer needed, since the service has a checkpoint there.
   *
   * <p>Must never drop a byte at or above {@code position}. A lower position than before changes
   * nothing.
   *
   * @param epoch the caller's
   */
  CompletionStage<Void> trim(SessionId id, Epoch epoch, long position);

  /**
   * Both applications have closed the session: forgets it. A session that is unknown already is
   * forgotten.
   *
   * <p>Must never be called because a process ends, whatever the reason: that is when the session
   * is needed.
   *
   * @param epoch the caller's
   */
  CompletionStage<Void> close(SessionId id, Epoch epoch);

  /**
   * A sign of life, as appends, trims, claims and reads are: needed for sessions that are silent.
   */
  CompletionStage<Void> touch(SessionId id, Epoch epoch);

  /**
   * Forgets the sessions without a sign of life for so long.
   *
   * <p>Must never forget a session within a resume window: {@code silent} is to be much longer than
   * that and than the interval of {@link #touch}.
   *
   * @return how many
   */
  CompletionStage<Integer> expire(Duration silent);

  /**
   * Runs what makes many calls, in the caller's thread: those that go to the same member may go
   * together, when the last has been made.
   */
  default void together(Runnable calls) {
    calls.run();
  }
}

package dev.belay.replicator.memory;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.belay.replicator.held.HeldRecord;
import dev.belay.replicator.held.HeldSession;
import dev.belay.replicator.held.HeldSessions;
import dev.belay.replicator.log.Epoch;
import dev.belay.replicator.log.LogRecord;
import dev.belay.replicator.log.SessionId;
import dev.belay.replicator.log.SessionLog;
import dev.belay.replicator.log.SessionRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * A session log on the heap. Shared by several simulated servers it keeps every promise of {@link
 * SessionLog}, save that it dies with its JVM: <em>durable</em> means in this object. It has no
 * limit of its own: its callers' log limit is.
 *
 * <p>Invariant: every stage it returns is complete. Any thread; one lock for all sessions.
 */
public final class MemorySessionLog implements SessionLog {

  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final HeldSessions<LogRecord> sessions;

  /**
   * @param ticker the time in ns, from any origin
   */
  public MemorySessionLog(LongSupplier ticker) {
    this.sessions = new HeldSessions<>(ticker, () -> Long.MAX_VALUE);
  }

  @Override
  public CompletionStage<Void> open(SessionRecord record) {
    return done(held -> held.open(record));
  }

  @Override
  public CompletionStage<SessionRecord> session(SessionId id, long wantedPosition) {
    return answer(held -> held.known(id).record());
  }

  @Override
  public CompletionStage<Long> append(SessionId id, Epoch epoch, List<LogRecord> records) {
    return answer(held -> append(held, id, epoch, records));
  }

  @Override
  public CompletionStage<Long> durablePosition(SessionId id) {
    return answer(held -> held.known(id).record().endPosition());
  }

  @Override
  public CompletionStage<List<LogRecord>> read(SessionId id, long fromPosition, int limitBytes) {
    return answer(held -> read(held.touched(id), fromPosition, limitBytes));
  }

  @Override
  public CompletionStage<SessionRecord> claim(
      SessionId id, Epoch expected, Epoch next, String server, long wantedPosition) {
    return answer(held -> held.claim(id, expected, next, server));
  }

  @Override
  public CompletionStage<Long> fence(SessionId id, Epoch epoch) {
    return answer(held -> held.fence(id, epoch).endPosition());
  }

  @Override
  public CompletionStage<Void> trim(SessionId id, Epoch epoch, long position) {
    return done(held -> held.trim(id, epoch, position));
  }

  @Override
  public CompletionStage<Void> close(SessionId id, Epoch epoch) {
    return done(held -> held.close(id, epoch));
  }

  @Override
  public CompletionStage<Void> touch(SessionId id, Epoch epoch) {
    return done(held -> held.touch(id, epoch));
  }

  @Override
  public CompletionStage<Integer> expire(Duration silent) {
    return answer(held -> held.expire(silent.toNanos()));
  }

  /** Cuts what reaches across the end; a holder does not. */
  private static long append(
      HeldSessions<LogRecord> held, SessionId id, Epoch epoch, List<LogRecord> records) {
    long endPosition = held.append(id, epoch, List.of());
    for (LogRecord each : records) {
      if (each.inPosition() > endPosition) {
        break;
      }
      if (each.endPosition() > endPosition) {
        LogRecord rest = each.from(endPosition);
        int length = rest.bytes().length;
        endPosition =
            held.append(
                id,
                epoch,
                List.of(new HeldRecord<>(rest.inPosition(), rest.endPosition(), rest, length)));
      }
    }
    return endPosition;
  }

  private static List<LogRecord> read(
      HeldSession<LogRecord> held, long fromPosition, int limitBytes) {
    List<LogRecord> found = new ArrayList<>();
    for (HeldRecord<LogRecord> each : held.read(fromPosition, limitBytes)) {
      found.add(each.content().from(fromPosition));
    }
    return found;
  }

  private CompletionStage<Void> done(Consumer<HeldSessions<LogRecord>> operation) {
    return answer(
        held -> {
          operation.accept(held);
          return null;
        });
  }

  private <T> CompletionStage<T> answer(Function<HeldSessions<LogRecord>, T> operation) {
    lock.lock();
    try {
      return CompletableFuture.completedStage(operation.apply(sessions));
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(e);
    } finally {
      lock.unlock();
    }
  }
}

package dev.belay.agent.cluster;

import dev.belay.replicator.log.Epoch;
import dev.belay.replicator.log.LogRecord;
import dev.belay.replicator.log.SessionId;
import dev.belay.replicator.log.SessionLog;
import dev.belay.replicator.log.SessionRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A log in front of another whose operations fail now and then, some before they have taken effect
 * and some after. Any thread.
 */
final class FlakyLog implements SessionLog {
  private final SessionLog behind;
  private final Random random;
  private final AtomicInteger opens = new AtomicInteger();
  private final AtomicInteger appends = new AtomicInteger();
  private final AtomicInteger touches = new AtomicInteger();
  private volatile int oneIn;
  private final AtomicInteger errors = new AtomicInteger();
  private volatile long grantedPosition = Long.MAX_VALUE;

  FlakyLog(SessionLog behind, Random random) {
    this.behind = behind;
    this.random = random;
  }

  /** The one that does not fail. */
  SessionLog behind() {
    return behind;
  }

  /** How many sessions it was asked to open. */
  int opens() {
    return opens.get();
  }

  /** How many appends it was asked for. */
  int appends() {
    return appends.get();
  }

  /** How many signs of life it was given. */
  int touches() {
    return touches.get();
  }

  /** The copy that is found by claims ends there. */
  void grantUpTo(long position) {
    grantedPosition = position;
  }

  /** So many of the next appends throw an error. */
  void throwErrors(int appendsToCome) {
    errors.set(appendsToCome);
  }

  void failOneIn(int operations) {
    oneIn = operations;
  }

  private synchronized int dice() {
    return oneIn == 0 ? 1 : random.nextInt(2 * oneIn);
  }

  private <T> CompletionStage<T> flaky(Supplier<CompletionStage<T>> operation) {
    int thrown = oneIn == 0 ? 2 : dice();
    if (thrown == 0) {
      return CompletableFuture.failedFuture(new IOException("not arrived"));
    }
    CompletionStage<T> done = operation.get();
    return thrown == 1
        ? done.thenCompose(answer -> CompletableFuture.failedFuture(new IOException("no answer")))
        : done;
  }

  @Override
  public CompletionStage<Void> open(SessionRecord record) {
    opens.incrementAndGet();
    return flaky(() -> behind.open(record));
  }

  @Override
  public CompletionStage<SessionRecord> session(SessionId id, long wantedPosition) {
    return flaky(() -> behind.session(id, wantedPosition));
  }

  @Override
  public CompletionStage<Long> append(SessionId id, Epoch epoch, List<LogRecord> records) {
    appends.incrementAndGet();
    if (errors.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new OutOfMemoryError("planted");
    }
    return flaky(() -> behind.append(id, epoch, records));
  }

  @Override
  public CompletionStage<Long> durablePosition(SessionId id) {
    return flaky(() -> behind.durablePosition(id));
  }

  @Override
  public CompletionStage<List<LogRecord>> read(SessionId id, long fromPosition, int limitBytes) {
    return flaky(() -> behind.read(id, fromPosition, limitBytes));
  }

  @Override
  public CompletionStage<SessionRecord> claim(
      SessionId id, Epoch expected, Epoch next, String server, long wantedPosition) {
    return flaky(
        () -> behind.claim(id, expected, next, server, wantedPosition).thenApply(this::shortened));
  }

  private SessionRecord shortened(SessionRecord claimed) {
    return claimed.holding(
        claimed.startPosition(), Math.min(grantedPosition, claimed.endPosition()));
  }

  @Override
  public CompletionStage<Long> fence(SessionId id, Epoch epoch) {
    return flaky(() -> behind.fence(id, epoch));
  }

  @Override
  public CompletionStage<Void> trim(SessionId id, Epoch epoch, long position) {
    return flaky(() -> behind.trim(id, epoch, position));
  }

  @Override
  public CompletionStage<Void> close(SessionId id, Epoch epoch) {
    return flaky(() -> behind.close(id, epoch));
  }

  @Override
  public CompletionStage<Void> touch(SessionId id, Epoch epoch) {
    touches.incrementAndGet();
    return flaky(() -> behind.touch(id, epoch));
  }

  @Override
  public CompletionStage<Integer> expire(Duration silent) {
    return flaky(() -> behind.expire(silent));
  }
}

package dev.belay.replicator.members;

import dev.belay.replicator.log.Epoch;
import dev.belay.replicator.log.SessionUnknownException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A {@link Pending} whose answer becomes a value, or the failure that it stands for. */
final class Asking<A extends Answer, T> implements Pending {

  private static final int BYTES = 64;

  private final Route route;
  private final Epoch epoch;
  private final Call call;
  private final Expected<A, T> expected;
  private final CompletableFuture<T> result;

  /** The kind of answer that is none of the failures, and what becomes of it. */
  record Expected<A, T>(Class<A> type, Function<A, T> value) {}

  /**
   * @param epoch that of the caller, or null
   */
  Asking(
      Route route, Epoch epoch, Call call, Expected<A, T> expected, CompletableFuture<T> result) {
    this.route = route;
    this.epoch = epoch;
    this.call = call;
    this.expected = expected;
    this.result = result;
  }

  @Override
  public Call call() {
    return call;
  }

  @Override
  public int bytes() {
    return BYTES;
  }

  @Override
  public boolean answered(Answer answer) {
    try {
      if (expected.type.isInstance(answer)) {
        result.complete(expected.value.apply(expected.type.cast(answer)));
      } else {
        result.completeExceptionally(failure(route, epoch, answer));
      }
    } catch (Throwable e) {
      result.completeExceptionally(e);
    }
    return true;
  }

  @Override
  public void failed(RuntimeException failure) {
    result.completeExceptionally(failure);
  }

  /**
   * What the caller must believe. A holder that does not know an epoch which this process was
   * granted by others has missed the takeover: to us it does not hold the session.
   */
  static RuntimeException failure(Route route, Epoch epoch, Answer answer) {
    boolean missed = answer.kind() == Answer.Kind.UNCLAIMED && epoch != null && route.isOf(epoch);
    return missed ? new SessionUnknownException(route.id()) : answer.failure(route.id());
  }
}

package dev.belay.replicator.members;

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
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A session log that is held by other members. Every call becomes a task of one thread, which knows
 * for each session of this server who holds it, and gathers what goes to the same holder.
 *
 * <p>Invariant: nothing is answered as durable but by another member. Any thread may call; stages
 * complete in the log's thread.
 */
public final class MemberLog implements SessionLog {

  /** The answer to a read has no more input than that, whatever the caller wants. */
  private static final int READ_BYTES = 4 << 20;

  private static final long ROUTE_CHECK_NS = TimeUnit.SECONDS.toNanos(10);

  private final Loop loop;
  private final Peers peers;
  private final Holder own;
  private final Asks asks;
  private final Routes routes;
  private final Seal seal;
  private final Runs runs;
  private final Appending.Sealing sealing;
  private final long silenceNs;

  /** Of a thread within {@link #together}: its calls so far. */
  private final ThreadLocal<List<Runnable>> gathered = new ThreadLocal<>();

  /**
   * @param own what this member holds for the others
   * @param secret from which records and logs are sealed, or null
   * @param silence routes that have not been used for so long are forgotten
   */
  public MemberLog(Loop loop, Peers peers, Holder own, byte[] secret, Duration silence) {
    this(loop, peers, own, new Limits(secret, silence, Patience.USUAL));
  }

  /** What a log is told by its owner. */
  public record Limits(byte[] secret, Duration silence, Patience patience) {}

  /** With a patience other than usual. */
  public MemberLog(Loop loop, Peers peers, Holder own, Limits limits) {
    this.loop = loop;
    this.peers = peers;
    this.own = own;
    this.asks = new Asks(peers, loop, limits.patience());
    this.routes = new Routes(loop, peers, asks);
    this.seal = new Seal(limits.secret());
    this.runs = new Runs(seal);
    this.sealing = new Appending.Sealing(runs, own);
    this.silenceNs = limits.silence().toNanos();
    loop.execute(this::dropUnusedRoutes);
  }

  private void dropUnusedRoutes() {
    loop.after(ROUTE_CHECK_NS, this::dropUnusedRoutes);
    routes.dropUnused(silenceNs);
  }

  /** Members have come or gone. In the log's thread. */
  public void membersChanged() {
    routes.membersChanged();
  }

  /** The member has given a sign of life elsewhere. In the log's thread. */
  public void heardFrom(String server) {
    asks.heardFrom(server);
  }

  @Override
  public CompletionStage<Void> open(SessionRecord record) {
    return later(
        result -> {
          Route route = routes.of(record.id());
          byte[] key = seal.seal(Seal.Use.KEY, record.id(), 0, 0, record.sealedKey());
          ask(
              route,
              null,
              new Call.Open(withKey(record, key)),
              expecting(
                  Answer.Done.class,
                  done -> {
                    route.granted(record.epoch());
                    return null;
                  }),
              result);
        });
  }

  @Override
  public CompletionStage<SessionRecord> session(SessionId id, long wantedPosition) {
    return later(
        result ->
            poll(
                new Call.Look(id),
                wantedPosition,
                result,
                poll -> {
                  best(poll, id); // or says why there is none
                  return opened(poll.known());
                }));
  }

  @Override
  public CompletionStage<Long> append(SessionId id, Epoch epoch, List<LogRecord> records) {
    return later(
        result -> {
          Route route = routes.of(id);
          routes.submit(route, new Appending(route, epoch, records, sealing, result));
        });
  }

  @Override
  public CompletionStage<Long> durablePosition(SessionId id) {
    return later(result -> ask(routes.of(id), null, new Call.End(id), expectingNumber(), result));
  }

  /** From this member's own copy while that is the best one; else from the holder. */
  @Override
  public CompletionStage<List<LogRecord>> read(SessionId id, long fromPosition, int limitBytes) {
    Call.Read call = new Call.Read(id, fromPosition, Math.min(limitBytes, READ_BYTES));
    return later(
        result -> {
          Route route = routes.known(id);
          if (route == null || route.holder() == null && !route.readsLocally()) {
            poll(new Call.Look(id), fromPosition, poll -> read(call, poll.best(), poll, result));
          } else if (route.readsLocally()) {
            readOwn(call, result);
          } else {
            readFrom(route, call, result);
          }
        });
  }

  private void read(
      Call.Read call, Poll.Ballot best, Poll poll, CompletableFuture<List<LogRecord>> result) {
    if (best == null) {
      result.completeExceptionally(poll.failure(call.id()));
    } else if (best.peer() == null) {
      readOwn(call, result);
    } else {
      Route route = routes.of(call.id());
      route.heldBy(best.peer());
      readFrom(route, call, result);
    }
  }

  private void readOwn(Call.Read call, CompletableFuture<List<LogRecord>> result) {
    asking(new Route(call.id()), null, call, expectingRecords(call), result)
        .answered(own.answer(call));
  }

  private void readFrom(Route route, Call.Read call, CompletableFuture<List<LogRecord>> result) {
    ask(route, null, call, expectingRecords(call), result);
  }

  private Asking.Expected<Answer.Records, List<LogRecord>> expectingRecords(Call.Read call) {
    return expecting(
        Answer.Records.class,
        held -> runs.open(call.id(), held.records(), call.fromPosition(), call.limitBytes()));
  }

  /**
   * Asks all members. Whoever has a copy of the expected epoch, or of an earlier one, grants; one
   * that knows a later epoch stands against all others.
   */
  @Override
  public CompletionStage<SessionRecord> claim(
      SessionId id, Epoch expected, Epoch next, String server, long wantedPosition) {
    return later(
        result ->
            poll(
                new Call.Claim(id, expected, next, server),
                wantedPosition,
                result,
                poll -> {
                  poll.requireNobodyAgainst(id);
                  return granted(best(poll, id).record(), poll);
                }));
  }

  /** From here on this process is the session's server, and what others hold is its log. */
  private SessionRecord granted(SessionRecord record, Poll poll) {
    SessionRecord opened = opened(record);
    Poll.Ballot elsewhere = poll.bestOfOthers();
    Route route = routes.of(record.id());
    route.granted(record.epoch());
    route.readLocally(poll.best().peer() == null);
    route.heldBy(elsewhere == null ? null : elsewhere.peer());
    return opened;
  }

  @Override
  public CompletionStage<Long> fence(SessionId id, Epoch epoch) {
    return later(
        result ->
            poll(
                new Call.Fence(id, epoch),
                0,
                result,
                poll -> best(poll, id).record().endPosition()));
  }

  @Override
  public CompletionStage<Void> trim(SessionId id, Epoch epoch, long position) {
    return later(
        result ->
            ask(
                routes.of(id),
                epoch,
                new Call.Trim(id, epoch, position),
                expectingNothing(),
                result));
  }

  @Override
  public CompletionStage<Void> close(SessionId id, Epoch epoch) {
    Call.Close call = new Call.Close(id, epoch);
    return later(
        result -> {
          Route route = routes.of(id);
          if (route.readsLocally()) {
            own.answer(call);
          }
          ask(
              route,
              epoch,
              call,
              expecting(
                  Answer.Done.class,
                  done -> {
                    routes.remove(id);
                    return null;
                  }),
              result);
        });
  }

  @Override
  public CompletionStage<Void> touch(SessionId id, Epoch epoch) {
    return later(
        result -> ask(routes.of(id), epoch, new Call.Touch(id, epoch), expectingNothing(), result));
  }

  /** On all members that answer. */
  @Override
  public CompletionStage<Integer> expire(Duration silent) {
    return later(result -> poll(new Call.Expire(silent), 0, result, Poll::total));
  }

  /** One task of the loop's, so that it does not send the first before it has the last. */
  @Override
  public void together(Runnable calls) {
    List<Runnable> made = new ArrayList<>();
    gathered.set(made);
    try {
      calls.run();
    } finally {
      gathered.remove();
      loop.execute(() -> made.forEach(Runnable::run));
    }
  }

  private <T> CompletionStage<T> later(Consumer<CompletableFuture<T>> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Runnable call =
        () -> {
          try {
            task.accept(result);
          } catch (Throwable e) {
            result.completeExceptionally(e);
          }
        };
    List<Runnable> others = gathered.get();
    if (others == null) {
      loop.execute(call);
    } else {
      others.add(call);
    }
    return result;
  }

  private <A extends Answer, T> void ask(
      Route route,
      Epoch epoch,
      Call call,
      Asking.Expected<A, T> expected,
      CompletableFuture<T> result) {
    routes.submit(route, asking(route, epoch, call, expected, result));
  }

  private static <A extends Answer, T> Asking<A, T> asking(
      Route route,
      Epoch epoch,
      Call call,
      Asking.Expected<A, T> expected,
      CompletableFuture<T> result) {
    return new Asking<>(route, epoch, call, expected, result);
  }

  private static <A extends Answer, T> Asking.Expected<A, T> expecting(
      Class<A> type, Function<A, T> value) {
    return new Asking.Expected<>(type, value);
  }

  private static Asking.Expected<Answer.Done, Void> expectingNothing() {
    return expecting(Answer.Done.class, done -> null);
  }

  private static Asking.Expected<Answer.Number, Long> expectingNumber() {
    return expecting(Answer.Number.class, Answer.Number::value);
  }

  private <T> void poll(
      Call call, long wantedPosition, CompletableFuture<T> result, Function<Poll, T> value) {
    poll(
        call,
        wantedPosition,
        poll -> {
          try {
            result.complete(value.apply(poll));
          } catch (Throwable e) {
            result.completeExceptionally(e);
          }
        });
  }

  private void poll(Call call, long wantedPosition, Consumer<Poll> onEnd) {
    new Poll(asks, wantedPosition, onEnd).begin(call, own.answer(call), peers.holders(), loop);
  }

  private static Answer.Found best(Poll poll, SessionId id) {
    Poll.Ballot best = poll.best();
    if (best == null) {
      throw poll.failure(id);
    }
    return (Answer.Found) best.answer();
  }

  private SessionRecord opened(SessionRecord record) {
    return withKey(record, seal.open(Seal.Use.KEY, record.id(), 0, 0, record.sealedKey()));
  }

  private static SessionRecord withKey(SessionRecord record, byte[] key) {
    return new SessionRecord(
        record.id(),
        record.epoch(),
        record.service(),
        record.server(),
        key,
        record.startPosition(),
        record.endPosition());
  }
}

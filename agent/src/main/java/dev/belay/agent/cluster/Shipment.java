package dev.belay.agent.cluster;

import dev.belay.agent.report.AgentLog;
import dev.belay.agent.session.InputLog;
import dev.belay.replicator.log.FencedException;
import dev.belay.replicator.log.LogRecord;
import dev.belay.replicator.log.SessionRecord;
import dev.belay.replicator.log.SessionUnknownException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One session's way into the log, at the server.
 *
 * <p>One operation is under way at a time; its answer decides the next. What the log answers is
 * what counts: an append is answered with the position at which to go on, a holder that does not
 * know the session makes it begin again from its start, any other failure is repeated a little
 * later, by position.
 *
 * <p>Invariant: {@link #durablePosition} is an answer of the log's, and falls as soon as it is
 * known that a holder has lost the session. The writer's thread, unless said otherwise.
 */
public final class Shipment implements InputLog.Listener {
  /** Told in the writer's thread. */
  public interface Owner {
    /** The durable position has got on far enough for the client to hear of it at once. */
    void durable();

    /** Another incarnation has the session. */
    void fenced();

    /** The session's input no longer fits its limits: it will not be logged any more. */
    void givenUp();
  }

  private enum State {
    /** The holder does not know it. */
    UNKNOWN,
    /** It holds the input up to {@code durablePosition}. */
    HELD,
    /** Nothing more is shipped. */
    OVER
  }

  private static final int APPEND_BYTES = 1 << 20;

  /** The first of several; each is twice as long as the one before, up to the longest. */
  private static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final int RETRY_DOUBLINGS = 6;
  private static final int CLOSE_ATTEMPTS = 20;

  /** Clients that keep little cannot wait for the next tick. */
  private static final int TELL_BYTES = 32 << 10;

  /** So much waits for no pass; no client that keeps more than this is held back by one. */
  private static final int MUCH_BYTES = TELL_BYTES;

  private static final VarHandle QUEUED;

  static {
    try {
      QUEUED = MethodHandles.lookup().findVarHandle(Shipment.class, "queued", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The next in the writer's list of those that have something new. */
  Shipment next;

  /** The next in the writer's list of those that have begun. */
  Shipment nextBegun;

  private final LogWriter writer;
  private final SessionRecord record;

  /** Null until it has begun; what is appended before is shipped then. */
  private InputLog input;

  /** What an earlier incarnation has shipped is claimed, before anything takes its place. */
  private volatile boolean claimsFirst;

  /** A replay may read the holder's log up to there. */
  private long claimedPosition;

  private Owner owner;
  private State state;

  @SuppressWarnings("UnusedVariable") // see QUEUED
  private volatile boolean queued;

  private volatile long durablePosition;
  private long toldPosition;
  private boolean isBusy;

  /** Only a pass is waited for, so the reader says when that is too long. Volatile: its, too. */
  private volatile boolean awaitsMuch;

  private boolean isClosing;
  private int closeAttempts;
  private long retryNs;
  private boolean isRetryDue;

  /** Operations that have failed since the last that has not. */
  private int failures;

  /** Since then nothing has succeeded. */
  private boolean wasFenced;

  private long signOfLifeNs;

  Shipment(LogWriter writer, SessionRecord record, boolean claimed) {
    this.writer = writer;
    this.record = record;
    this.state = claimed ? State.HELD : State.UNKNOWN;
    this.claimedPosition = record.endPosition();
  }

  /**
   * Before it begins: its client may need what the members hold of an earlier incarnation until the
   * handler has read as much, so that must not give way to a log that begins anew.
   */
  void claimsFirst() {
    claimsFirst = true;
  }

  /**
   * Begins. Any thread; before the first byte is appended.
   *
   * @throws IllegalStateException if it has begun: the writer's list has a place for it once only
   */
  public void begin(InputLog of, Owner toTell) {
    if (input != null) {
      throw new IllegalStateException("begun twice: session=" + record.id().shortString());
    }
    input = of;
    owner = toTell;
    writer.execute(
        () -> {
          writer.add(this);
          signOfLifeNs = writer.nowNs();
          if (state == State.HELD) {
            run(writer.log().durablePosition(record.id()), this::goOnAt);
          } else {
            step();
          }
        });
  }

  @Override
  public void appended() {
    queue();
    if (awaitsMuch && hasMuch()) {
      awaitsMuch = false;
      writer.urge();
    }
  }

  private void queue() {
    if (!(boolean) QUEUED.getOpaque(this) && QUEUED.compareAndSet(this, false, true)) {
      writer.push(this);
    }
  }

  private boolean hasMuch() {
    InputLog of = input;
    return of != null && of.endPosition() - durablePosition >= MUCH_BYTES;
  }

  /** Position up to which others hold the input. Any thread. */
  public long durablePosition() {
    return durablePosition;
  }

  /**
   * The session is over here. Any thread.
   *
   * @param forever both applications have ended it: the log is dropped; else somebody may go on
   */
  public void end(boolean forever) {
    writer.execute(
        () -> {
          if (state == State.OVER) {
            return;
          }
          if (forever) {
            isClosing = true;
            step();
          } else {
            over();
          }
        });
  }

  boolean isOver() {
    return state == State.OVER;
  }

  void dirtyTaken() {
    QUEUED.setVolatile(
        this, false); // before the input is looked at: what comes later says so again
    step();
  }

  /** Now and then. */
  void review(long nowNs) {
    if (isRetryDue ? nowNs - retryNs >= 0 : isLeftBehind()) {
      step();
    } else if (state == State.HELD && !isBusy && nowNs - signOfLifeNs > writer.touchNs()) {
      touch();
    }
  }

  /** Waits for nothing that would come: an error has kept it from going on. */
  private boolean isLeftBehind() {
    boolean isBehind = state == State.UNKNOWN || input.endPosition() > durablePosition;
    return state != State.OVER && !isBusy && isBehind;
  }

  /** A member has gone or come: is the one that holds this session still there? */
  void checkHolder() {
    isRetryDue = false;
    failures = 0;
    if (state == State.HELD && !isBusy) {
      touch();
    } else {
      step();
    }
  }

  private void touch() {
    run(writer.log().touch(record.id(), record.epoch()), answer -> signOfLifeNs = writer.nowNs());
  }

  /** There is nobody left who could hold anything. */
  void loseHolder() {
    if (state == State.HELD) {
      awaitsMuch = false;
      state = State.UNKNOWN;
      durablePosition = 0;
      toldPosition = 0;
    }
  }

  private void step() {
    boolean isTooSoon = isRetryDue && writer.nowNs() - retryNs < 0;
    if (input == null || isBusy || isTooSoon || state == State.OVER) {
      return;
    }
    isRetryDue = false;
    if (isClosing) {
      close();
      return;
    }
    if (input.isGivenUp()) {
      giveUp();
      return;
    }
    if (!writer.hasHolder()) {
      return;
    }
    if (state == State.UNKNOWN && claimsFirst) {
      run(claim(), this::claimed);
    } else if (state == State.UNKNOWN) {
      run(writer.log().open(record.holding(0, 0)), answer -> goOnAt(0));
    } else {
      append();
    }
  }

  /** What a replay still reads is not closed under it. */
  private void giveUp() {
    durablePosition = 0;
    if (input.givenPosition() < claimedPosition) {
      retryLater();
      return;
    }
    isClosing = true;
    owner.givenUp();
    close();
  }

  private void retryLater() {
    int doublings = Math.min(Math.max(0, failures - 1), RETRY_DOUBLINGS);
    retryNs = writer.nowNs() + (RETRY_NS << doublings);
    isRetryDue = true;
  }

  /** The members may hold it at other places than those from which it is held for others now. */
  private void claimed(SessionRecord held) {
    claimsFirst = false;
    claimedPosition = held.endPosition();
    state = State.HELD;
    run(writer.log().durablePosition(record.id()), this::goOnAt);
  }

  private void goOnAt(long position) {
    state = State.HELD;
    durablePosition = position;
    if (position - toldPosition >= TELL_BYTES) {
      toldPosition = position;
      owner.durable();
    }
  }

  /**
   * At the beginning of a takeover what is held already may not be here yet: then there is nothing.
   */
  private void append() {
    List<LogRecord> records = input.recordsFrom(durablePosition, APPEND_BYTES);
    if (!records.isEmpty()) {
      run(writer.log().append(record.id(), record.epoch(), records), this::goOnAt);
    } else {
      awaitsMuch = true;
    }
  }

  private void close() {
    if (state == State.UNKNOWN || ++closeAttempts > CLOSE_ATTEMPTS) {
      over();
      return;
    }
    run(writer.log().close(record.id(), record.epoch()), answer -> over());
  }

  private void over() {
    state = State.OVER;
    durablePosition = 0;
  }

  private <T> void run(CompletionStage<T> operation, Consumer<T> onAnswer) {
    isBusy = true;
    awaitsMuch = false;
    operation.whenComplete(
        (answer, failure) ->
            writer.execute(
                () -> {
                  isBusy = false;
                  if (state == State.OVER) {
                    return;
                  }
                  if (failure == null) {
                    failures = 0;
                    wasFenced = false;
                    signOfLifeNs = writer.nowNs();
                    onAnswer.accept(answer);
                  } else {
                    failed(unwrapped(failure));
                  }
                  goOn();
                }));
  }

  /** A little more input, which has come meanwhile, goes with the next pass. */
  private void goOn() {
    boolean isOnlyInput = state == State.HELD && !isBusy && !isClosing && !input.isGivenUp();
    awaitsMuch = isOnlyInput; // before the look at the input
    if (!isOnlyInput || hasMuch()) {
      step();
    } else if (input.endPosition() > durablePosition) {
      queue();
    }
  }

  private void failed(Throwable failure) {
    failures++;
    if (failure instanceof SessionUnknownException) {
      claimsFirst = false;
      loseHolder();
      if (wasFenced) {
        retryLater(); // nobody holds it, nor may it be opened until the fence is forgotten
      }
    } else if (failure instanceof FencedException) {
      fenced();
    } else {
      if (failure instanceof IllegalArgumentException) {
        loseHolder(); // it has an earlier incarnation: open, and claim
      }
      AgentLog.debug("log: session=" + record.id().shortString() + " " + failure);
      retryLater();
    }
  }

  /**
   * Either a later incarnation has the session, or the holder has kept an earlier one whose claim
   * it was not asked for: that one is claimed now.
   */
  private void fenced() {
    if (state != State.UNKNOWN || isClosing) {
      AgentLog.info("fenced: session=" + record.id() + " epoch=" + record.epoch());
      over();
      owner.fenced();
      return;
    }
    wasFenced = true;
    CompletionStage<SessionRecord> claim = claim();
    state = State.HELD; // a second refusal is final
    run(claim, held -> goOnAt(held.endPosition()));
  }

  private CompletionStage<SessionRecord> claim() {
    return writer
        .log()
        .session(record.id())
        .thenCompose(
            held ->
                held.epoch().isBefore(record.epoch())
                    ? writer
                        .log()
                        .claim(
                            record.id(),
                            held.epoch(),
                            record.epoch(),
                            record.server(),
                            held.endPosition())
                    : failedStage(new FencedException(record.id(), record.epoch(), held.epoch())));
  }

  private static CompletionStage<SessionRecord> failedStage(Throwable failure) {
    return java.util.concurrent.CompletableFuture.failedFuture(failure);
  }

  private static Throwable unwrapped(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}

package dev.belay.it.transparency;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A call that blocks, on a thread of its own; its outcome is asked for later. */
final class Blocked {
  private static final long OUTCOME_TIMEOUT_MS = 4_000;
  private static final long SAMPLE_MS = 4;
  private static final int CALM_SAMPLES = 4;
  private static final int MAX_SAMPLES = 1_000;

  private final CompletableFuture<String> outcome = new CompletableFuture<>();
  private final Callable<?> call;
  private Thread thread;

  private Blocked(Callable<?> call) {
    this.call = call;
  }

  /** Starts the call on a platform thread. */
  static Blocked in(Callable<?> call) {
    Blocked blocked = new Blocked(call);
    blocked.thread = new Thread(blocked::run, "blocked");
    blocked.thread.setDaemon(true);
    blocked.thread.start();
    return blocked;
  }

  /** Starts the call on a virtual thread. */
  static Blocked inVirtual(Callable<?> call) throws ReflectiveOperationException {
    Blocked blocked = new Blocked(call);
    blocked.thread = VirtualThreads.start(blocked::run);
    return blocked;
  }

  /** Returns when the thread does nothing any more: it waits in the kernel or is parked. */
  Blocked awaitBlocked() {
    int calm = 0;
    for (int i = 0; calm < CALM_SAMPLES && i < MAX_SAMPLES && !outcome.isDone(); i++) {
      calm = isWaiting() ? calm + 1 : 0;
      Waits.pause(SAMPLE_MS);
    }
    return this;
  }

  Thread thread() {
    return thread;
  }

  boolean isDone() {
    return outcome.isDone();
  }

  /** What the call came to. */
  String outcome() {
    try {
      return outcome.get(OUTCOME_TIMEOUT_MS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      Waits.dump("still blocked", thread);
      return "still blocked";
    } catch (InterruptedException | ExecutionException e) {
      return Outcome.text(e);
    }
  }

  private void run() {
    String text = Outcome.of(call);
    boolean isInterrupted = Thread.currentThread().isInterrupted();
    outcome.complete(isInterrupted ? text + " (interrupted)" : text);
  }

  private boolean isWaiting() {
    StackTraceElement[] stack = thread.getStackTrace();
    Thread.State state = thread.getState();
    boolean isParked = state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
    return isParked || (stack.length > 0 && stack[0].isNativeMethod());
  }
}

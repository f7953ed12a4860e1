package dev.belay.agent.loop;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** An event loop of the tests; a loop cannot be stopped, so that each class of tests has one. */
public final class RunningLoop {
  private static final long PATIENCE_S = 15;

  private final EventLoop loop;

  public RunningLoop(String name) {
    try {
      loop = new EventLoop(name);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    loop.start();
  }

  public EventLoop loop() {
    return loop;
  }

  /** Does it on the loop's thread; the answer, or what it threw, is the caller's. */
  public <T> T call(Callable<T> work) throws Exception {
    FutureTask<T> task = new FutureTask<>(work);
    loop.execute(task);
    try {
      return task.get(PATIENCE_S, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (Exception) e.getCause();
    }
  }

  /** As {@link #call}, without an answer. */
  public void run(Action action) throws Exception {
    call(
        () -> {
          action.run();
          return null;
        });
  }

  /** Something to be done on the loop's thread. */
  public interface Action {
    void run() throws Exception;
  }

  /** Returns when the loop has done all that it was given before. */
  public void settle() throws Exception {
    run(() -> {});
  }
}

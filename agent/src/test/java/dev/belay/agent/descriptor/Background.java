package dev.belay.agent.descriptor;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Something that a thread of its own does meanwhile.
 *
 * @param <T> what it comes to
 */
public final class Background<T> {
  private static final long PATIENCE_S = 15;

  private final FutureTask<T> task;
  private final Thread thread;

  private Background(String name, Callable<T> work) {
    task = new FutureTask<>(work);
    thread = new Thread(task, name);
    thread.setDaemon(true);
  }

  /** Starts it. */
  public static <T> Background<T> start(String name, Callable<T> work) {
    Background<T> background = new Background<>(name, work);
    background.thread.start();
    return background;
  }

  /** What it came to, within a deadline; what it threw is thrown again. */
  public T result() throws Exception {
    try {
      return task.get(PATIENCE_S, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      AssertionError stuck = new AssertionError(thread.getName() + " did not come back");
      stuck.setStackTrace(thread.getStackTrace());
      throw stuck;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (Exception) e.getCause();
    }
  }

  public boolean isDone() {
    return task.isDone();
  }

  public Thread thread() {
    return thread;
  }
}

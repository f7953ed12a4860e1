package dev.belay.samples.program;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Runs several connections of one client at the same time, one thread each; the first failure is
 * the client's failure.
 */
public final class Connections {

  /** More connections in one client are refused. */
  public static final int MAX = 10_000;

  private Connections() {}

  /** Runs connection number 0 to count - 1 and waits for all, or for the first that fails. */
  public static void runAll(int count, Connection connection)
      throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(count, Connections::daemon);
    try {
      ExecutorCompletionService<Void> running = new ExecutorCompletionService<>(threads);
      List<Callable<Void>> tasks = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        tasks.add(task(connection, i));
      }
      tasks.forEach(running::submit);
      for (int i = 0; i < count; i++) {
        running.take().get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static Callable<Void> task(Connection connection, int number) {
    return () -> {
      connection.run(number);
      return null;
    };
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "connection");
    thread.setDaemon(true);
    return thread;
  }

  /** One connection of the client. */
  @FunctionalInterface
  public interface Connection {

    /** Runs one connection from connect to close. */
    void run(int number) throws Exception;
  }
}

package dev.belay.replicator.members;

import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A {@link Loop} with a daemon thread of its own. Work from other threads is taken in order, so
 * that calls which arrive while it is busy are worked off together. Its queue has no limit of its
 * own: those who fill it have.
 */
public final class LoopThread implements Loop, AutoCloseable {

  private static final long LONGEST_PARK_NS = 1_000_000_000L;

  private final Queue<Runnable> work = new ConcurrentLinkedQueue<>();
  private final PriorityQueue<Timer> timers = new PriorityQueue<>();
  private final Consumer<Throwable> onFault;
  private final Thread thread;

  /** Whether the thread sleeps, or is about to. Volatile: set before the last look at the queue. */
  private volatile boolean sleeping;

  private volatile boolean ended;

  private long timersMade;

  /**
   * @param onFault told what a task has thrown; the loop goes on
   */
  public LoopThread(String name, Consumer<Throwable> onFault) {
    this.onFault = onFault;
    thread = new Thread(null, this::run, name, 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(LoopThread.class.getClassLoader());
  }

  /** Begins to work. */
  public void start() {
    thread.start();
  }

  @Override
  public long nowNs() {
    return System.nanoTime();
  }

  /** From any thread. */
  @Override
  public void execute(Runnable task) {
    work.add(task);
    if (sleeping) {
      sleeping = false;
      LockSupport.unpark(thread);
    }
  }

  @Override
  public void after(long delayNs, Runnable task) {
    timers.add(new Timer(nowNs() + delayNs, timersMade++, task));
  }

  /** Ends the thread when its present task is done; what is left is not run. */
  @Override
  public void close() {
    ended = true;
    LockSupport.unpark(thread);
  }

  private void run() {
    while (!ended) {
      Runnable task = next();
      if (task == null) {
        sleep();
      } else {
        runOne(task);
      }
    }
  }

  private Runnable next() {
    Timer first = timers.peek();
    if (first != null && first.dueNs - nowNs() <= 0) {
      return timers.poll().task;
    }
    return work.poll();
  }

  private void sleep() {
    sleeping = true;
    Timer first = timers.peek();
    long parkNs = first == null ? LONGEST_PARK_NS : first.dueNs - nowNs();
    if (work.isEmpty() && parkNs > 0 && !ended) {
      LockSupport.parkNanos(this, parkNs);
    }
    sleeping = false;
  }

  private void runOne(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      tell(e);
    }
  }

  private void tell(Throwable fault) {
    try {
      onFault.accept(fault);
    } catch (Throwable e) {
      return; // as when there is no memory for a line
    }
  }

  /** Due then; of two that are due at the same time the older one is first. */
  private record Timer(long dueNs, long number, Runnable task) implements Comparable<Timer> {

    @Override
    public int compareTo(Timer other) {
      int byTime = Long.signum(dueNs - other.dueNs);
      return byTime == 0 ? Long.compare(number, other.number) : byTime;
    }
  }
}

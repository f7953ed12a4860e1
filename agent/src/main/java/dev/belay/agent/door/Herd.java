package dev.belay.agent.door;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * Lets so many takeovers run at a time; the others wait their turn, in the order in which they
 * came. When a server with a thousand sessions dies, a backup that began all replays at once would
 * finish the first when it finishes the last.
 *
 * <p>Invariant: each that was let in leaves once; who leaves finds nobody begun by it, however many
 * of those that wait are through at once. Loop thread.
 */
final class Herd {
  private final int limit;
  private final int queueLimit;
  private final Executor loop;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private int running;

  /**
   * @param limit how many may run
   * @param queueLimit how many may wait
   * @param loop begins those that have waited, each in a task of its own
   */
  Herd(int limit, int queueLimit, Executor loop) {
    this.limit = limit;
    this.queueLimit = queueLimit;
    this.loop = loop;
  }

  /**
   * Begins now, or when it is its turn.
   *
   * @return false when too many are waiting
   */
  boolean enter(Runnable begin) {
    if (running < limit) {
      running++;
      begin.run();
      return true;
    }
    return waiting.size() < queueLimit && waiting.add(begin);
  }

  /** True when somebody is waiting for his turn. */
  boolean hasWaiting() {
    return !waiting.isEmpty();
  }

  /** One is through: the next has its place. */
  void leave() {
    Runnable next = waiting.poll();
    if (next == null) {
      running--;
    } else {
      loop.execute(next);
    }
  }
}

package dev.belay.agent.sim.kernel;

import java.util.PriorityQueue;
import java.util.Random;

/**
 * Virtual time, the queue of what is to happen, the one source of chance, and the trace.
 *
 * <p>Invariant: everything that happens is an event of the queue, and events of the same time
 * happen in the order in which they were made: the seed determines the trace. One thread.
 */
public final class World {
  /** Thrown where an invariant breaks; {@link #broken} remembers it if the product catches it. */
  public static final class BrokenInvariantError extends Error {
    private static final long serialVersionUID = 1L;

    BrokenInvariantError(String message) {
      super(message);
    }
  }

  private record Event(long timeNs, long order, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(timeNs, other.timeNs);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private static World current;

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final long seed;
  private final Random random;
  private final StringBuilder text;
  private final Network network;
  private long nowNs = 1_000_000_000;
  private long order;
  private long steps;
  private long traceHash = 1;
  private Runnable afterStep = () -> {};
  private String broken;

  /**
   * @param text where the trace is to be written, or null for its hash alone
   */
  public World(long seed, StringBuilder text) {
    this.seed = seed;
    this.random = new Random(seed * 0x9E3779B97F4A7C15L);
    this.text = text;
    this.network = new Network(this);
    current = this;
  }

  /** The world whose turn it is. */
  public static World current() {
    return current;
  }

  public Network network() {
    return network;
  }

  public long nowNs() {
    return nowNs;
  }

  public long steps() {
    return steps;
  }

  public long traceHash() {
    return traceHash;
  }

  /** Why this run is a failure, or null. */
  public String broken() {
    return broken;
  }

  // ---- chance ----

  public long seed() {
    return seed;
  }

  public Random random() {
    return random;
  }

  public boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  /** Both ends included. */
  public long between(long low, long high) {
    return low + (long) (random.nextDouble() * (high - low + 1));
  }

  // ---- time ----

  public void after(long delayNs, Runnable action) {
    events.add(new Event(nowNs + Math.max(0, delayNs), order++, action));
  }

  /** Lets the next thing happen; false when there is nothing left or something is broken. */
  public boolean step() {
    Event next = events.poll();
    if (next == null || broken != null) {
      return false;
    }
    nowNs = next.timeNs();
    steps++;
    next.action().run();
    afterStep.run();
    return broken == null;
  }

  /** Runs behind each step, also of those that pass while a thread of the product waits. */
  public void afterEachStep(Runnable action) {
    afterStep = action;
  }

  // ---- the trace ----

  public void trace(String who, String what, long first, long second) {
    mix(who.hashCode());
    mix(what.hashCode());
    mix(first);
    mix(second);
    mix(nowNs);
    if (text != null) {
      text.append(String.format("%11.3f %-10s %s", nowNs / 1e6, who, what));
      text.append(' ').append(first).append(' ').append(second).append('\n');
    }
  }

  /** One line of a log. */
  public void trace(String who, String line) {
    mix(who.hashCode());
    mix(line.hashCode());
    if (text != null) {
      text.append(String.format("%11.3f %-10s | %s%n", nowNs / 1e6, who, line));
    }
  }

  private void mix(long value) {
    traceHash = (traceHash ^ value) * 0x100000001B3L;
    traceHash ^= traceHash >>> 29;
  }

  /** An invariant does not hold: the run ends here. */
  public BrokenInvariantError fail(String message) {
    if (broken == null) {
      broken = message;
      trace("world", "BROKEN: " + message);
    }
    return new BrokenInvariantError(message);
  }
}

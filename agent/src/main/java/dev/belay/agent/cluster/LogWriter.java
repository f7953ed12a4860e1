package dev.belay.agent.cluster;

import dev.belay.agent.report.AgentLog;
import dev.belay.replicator.log.SessionLog;
import dev.belay.replicator.log.SessionRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Ships the input of this JVM's sessions to the log, all sessions in one thread: what has come
 * since the last pass goes together, and the log makes few operations of it.
 *
 * <p>The reader of a session only leaves word that there is something (two atomic operations, the
 * first time after a pass). A lone record waits for nothing: its reader wakes the writer. While
 * traffic goes on there is a pass each {@link #PACE_NS}, since an operation costs two processes
 * some ten wakings, however little it carries; only a session of which much waits does not wait for
 * it. Answers of the log come back as tasks, and begin no pass.
 *
 * <p>Invariant: a {@link Shipment} is stepped in the writer's thread only.
 */
public final class LogWriter {
  /** Between two passes while traffic goes on: by so much input may be durable later. */
  static final long PACE_NS = TimeUnit.MILLISECONDS.toNanos(4);

  private static final long REVIEW_NS = TimeUnit.MILLISECONDS.toNanos(250);

  private final Supplier<SessionLog> log;
  private final LongSupplier clock;
  private final long touchNs;
  private final Thread thread;
  private final AtomicReference<Shipment> dirty = new AtomicReference<>();
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

  /** The first of those that have begun; what is over leaves when it is come across. */
  private Shipment begun;

  private volatile boolean sleeps;

  /** Of some session much waits: the next pass is due. */
  private volatile boolean isUrged;

  private volatile boolean ended;
  private volatile boolean hasHolder;
  private long reviewedNs;
  private long passDueNs;

  /**
   * @param log asked for when there is a holder
   * @param clock ns
   * @param touchMs a session that is silent for so long gives a sign of life
   */
  public LogWriter(Supplier<SessionLog> log, LongSupplier clock, long touchMs) {
    this.log = log;
    this.clock = clock;
    this.touchNs = TimeUnit.MILLISECONDS.toNanos(touchMs);
    this.thread = new Thread(null, this::run, "belay-log", 0, false);
    thread.setDaemon(true);
    passDueNs = clock.getAsLong();
  }

  /** Begins to ship. */
  public void start() {
    thread.start();
  }

  /** Ends the thread; what is on its way is left to itself. */
  public void close() {
    ended = true;
    LockSupport.unpark(thread);
  }

  /**
   * A session of this server's is to be logged.
   *
   * @param record as it begins here
   * @param claimed the log was claimed for this incarnation, and holds the record's range
   */
  public Shipment ship(SessionRecord record, boolean claimed) {
    return new Shipment(this, record, claimed);
  }

  /** Whether there is any member to hold something. While there is none nothing is tried. */
  public void hasHolder(boolean nowHas) {
    hasHolder = nowHas;
    execute(nowHas ? this::checkHolders : this::loseHolders);
  }

  private void loseHolders() {
    forEach(Shipment::loseHolder);
  }

  boolean hasHolder() {
    return hasHolder;
  }

  /** The members have changed: what lies with one that has gone is to be shipped again, now. */
  private void checkHolders() {
    forEach(Shipment::checkHolder);
  }

  /** Only asked for while there is a holder. */
  SessionLog log() {
    return log.get();
  }

  long nowNs() {
    return clock.getAsLong();
  }

  long touchNs() {
    return touchNs;
  }

  /** In the writer's thread, soon. Any thread. */
  void execute(Runnable task) {
    tasks.add(task);
    LockSupport.unpark(thread);
  }

  /** Any thread; the shipment has noted that it is queued. */
  void push(Shipment shipment) {
    Shipment first;
    do {
      first = dirty.get();
      shipment.next = first;
    } while (!dirty.compareAndSet(first, shipment));
    if (sleeps) {
      LockSupport.unpark(thread);
    }
  }

  /** What was pushed is not to wait for the next pass. Any thread. */
  void urge() {
    if (!isUrged) {
      isUrged = true;
      LockSupport.unpark(thread);
    }
  }

  void add(Shipment shipment) {
    shipment.nextBegun = begun;
    begun = shipment;
  }

  private void forEach(Consumer<Shipment> action) {
    Shipment before = null;
    for (Shipment each = begun; each != null; each = each.nextBegun) {
      if (!each.isOver()) {
        action.accept(each);
        before = each;
      } else if (before == null) {
        begun = each.nextBegun;
      } else {
        before.nextBegun = each.nextBegun;
      }
    }
  }

  private void run() {
    while (!ended) {
      long leftNs = PACE_NS;
      try {
        leftNs = turn();
      } catch (Throwable e) {
        tell(e);
      }
      if (leftNs > 0) {
        LockSupport.parkNanos(this, leftNs); // what comes meanwhile goes together
      } else {
        sleep();
      }
    }
  }

  /** Whatever it was: nobody else ships, and what was under way is looked at again by a review. */
  private static void tell(Throwable fault) {
    try {
      AgentLog.error("log writer: " + fault, fault);
    } catch (Throwable e) {
      return; // as when there is no memory for a line
    }
  }

  /** Who pushes looks at {@code sleeps} afterwards, here it is the other way round. */
  private void sleep() {
    sleeps = true;
    if (dirty.get() == null && tasks.isEmpty()) {
      LockSupport.parkNanos(this, REVIEW_NS);
    }
    sleeps = false;
  }

  /** How long, in ns, until the next pass may begin; not positive when nothing waits for it. */
  private long turn() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
    long now = nowNs();
    if (isUrged || now - passDueNs >= 0) {
      isUrged = false; // before the list is taken: who pushes then says so again
      pass(now);
    }
    if (now - reviewedNs >= REVIEW_NS) {
      reviewedNs = now;
      forEach(each -> each.review(now));
    }
    return passDueNs - now;
  }

  private void pass(long nowNs) {
    List<Shipment> taken = takeDirty();
    if (taken.isEmpty()) {
      return;
    }
    passDueNs = nowNs + PACE_NS;
    Runnable steps =
        () -> {
          for (Shipment each : taken) {
            step(each);
          }
        };
    if (hasHolder) {
      log().together(steps);
    } else {
      steps.run();
    }
  }

  /** What one session meets is not the others'. */
  private static void step(Shipment taken) {
    try {
      taken.dirtyTaken();
    } catch (Throwable e) {
      tell(e);
    }
  }

  private List<Shipment> takeDirty() {
    List<Shipment> taken = new ArrayList<>();
    Shipment next = dirty.getAndSet(null);
    while (next != null) {
      taken.add(next);
      Shipment behind = next.next;
      next.next = null;
      next = behind;
    }
    return taken;
  }
}

package dev.belay.agent.loop;

import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.report.AgentLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import sun.nio.ch.BelayNative;

/**
 * The agent's one thread: readiness of its own sockets, timers, and tasks from other threads.
 *
 * <p>Invariant: handlers, timers and tasks run on the loop's thread only, one at a time; what one
 * of them throws is logged and harms no other.
 */
public final class EventLoop {
  public static final int READ = BelayNative.EPOLLIN;
  public static final int WRITE = BelayNative.EPOLLOUT;

  /** The peer has ended its output; a socket that is not watched for READ may have more to read. */
  public static final int PEER_ENDED = BelayNative.PEER_ENDED;

  private static final int EVENTS = 256;
  private static final int IDLE_MS = 1000;
  private static final int SCRATCH_BYTES = 16 << 10;
  private static final int DIRECT_SCRATCH_BYTES = 128 << 10;

  /** Tasks that leave tasks behind are not to keep sockets and timers waiting for ever. */
  private static final long TASKS_NS = 20_000_000;

  /** Fewer timers than this are not worth a search for cancelled ones. */
  private static final int MIN_SWEPT_TIMERS = 1024;

  /** EPOLLERR and EPOLLHUP, which are reported whether or not they were asked for. */
  private static final int BROKEN = 0x8 | 0x10;

  /** True when these events say that the socket is of no use any longer, in either direction. */
  public static boolean isBroken(int events) {
    return (events & BROKEN) != 0;
  }

  /** Told that a socket is ready; {@code events} may have more than was asked for (errors). */
  public interface Handler {
    void ready(int events) throws IOException;
  }

  /** Something to be done at a time; may be cancelled on the loop's thread. */
  public static final class Timer implements Comparable<Timer> {
    private static final long ONCE = 0;

    private final long periodNs;
    private long dueNs;
    private Runnable action;

    private Timer(long dueNs, long periodNs, Runnable action) {
      this.dueNs = dueNs;
      this.periodNs = periodNs;
      this.action = action;
    }

    public void cancel() {
      action = null;
    }

    @Override
    public int compareTo(Timer other) {
      return Long.signum(dueNs - other.dueNs);
    }
  }

  private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean isWoken = new AtomicBoolean();
  private final PriorityQueue<Timer> timers = new PriorityQueue<>();
  private final ByteBuffer scratch = ByteBuffer.allocate(SCRATCH_BYTES);
  private ByteBuffer directScratch; // made by the first replay
  private final int epoll;
  private final long eventArray;
  private final int wakeRead;
  private final int wakeWrite;
  private final Thread thread;
  private Runnable everyTurn = () -> {};
  private Runnable pulse = () -> {};
  private long pulsePeriodNs = Long.MAX_VALUE / 2;
  private long pulseDueNs = System.nanoTime();
  private long lateNs;
  private long lateUntilNs = System.nanoTime();
  private int sweepAtTimers = MIN_SWEPT_TIMERS;
  private Handler[] handlers = new Handler[64];

  public EventLoop(String name) throws IOException {
    epoll = BelayNative.epoll();
    eventArray = BelayNative.allocateEvents(EVENTS);
    long pipe = BelayNative.pipe();
    wakeRead = (int) (pipe >>> 32);
    wakeWrite = (int) pipe;
    BelayNative.epollAdd(epoll, wakeRead, READ);
    thread = new Thread(null, this::run, name, 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(EventLoop.class.getClassLoader());
  }

  public void start() {
    thread.start();
  }

  public boolean isLoopThread() {
    return Thread.currentThread() == thread;
  }

  /** A buffer for one read, whose content is used before the next. Loop thread. */
  public ByteBuffer scratch() {
    return scratch;
  }

  /** As {@link #scratch}, for much at a time and without a copy by the JDK. Loop thread. */
  public ByteBuffer directScratch() {
    if (directScratch == null) {
      directScratch = ByteBuffer.allocateDirect(DIRECT_SCRATCH_BYTES);
    }
    return directScratch;
  }

  /** Runs a task on the loop's thread, soon. Any thread. */
  public void execute(Runnable task) {
    tasks.add(task);
    wake();
  }

  /**
   * Runs a task on the loop's thread, in order with the others, when it takes a turn for another
   * reason: at the latest when the next timer is due. Any thread.
   */
  public void later(Runnable task) {
    tasks.add(task);
  }

  /** Makes the loop take a turn. Any thread; costs a system call at most once per turn. */
  public void wake() {
    if (isWoken.compareAndSet(false, true)) {
      try {
        BelayNative.wake(wakeWrite);
      } catch (IOException e) {
        isWoken.set(false); // a full pipe wakes as well; the next task tries again
      }
    }
  }

  /** Once. Loop thread. */
  public Timer after(long delayMs, Runnable action) {
    return add(delayMs, Timer.ONCE, action);
  }

  /**
   * Again and again, whatever an action throws: the next time is settled before it begins. Loop
   * thread, or before the start.
   */
  public Timer every(long periodMs, Runnable action) {
    return add(periodMs, periodMs * 1_000_000, action);
  }

  private Timer add(long delayMs, long periodNs, Runnable action) {
    if (timers.size() >= sweepAtTimers) {
      sweepTimers();
    }
    Timer timer = new Timer(System.nanoTime() + delayMs * 1_000_000, periodNs, action);
    timers.add(timer);
    return timer;
  }

  /** Most timers are deadlines that were met, cancelled long before they fall due. */
  private void sweepTimers() {
    timers.removeIf(timer -> timer.action == null);
    sweepAtTimers = Math.max(MIN_SWEPT_TIMERS, 2 * timers.size());
  }

  /** How many timers there are, some of which may be cancelled. Loop thread. */
  int timerCount() {
    return timers.size();
  }

  /** Watches a socket. Loop thread. */
  public void watch(RawSocket socket, int events, Handler handler) throws IOException {
    int number = socket.number();
    if (number >= handlers.length) {
      handlers = Arrays.copyOf(handlers, Math.max(number + 1, handlers.length * 2));
    }
    handlers[number] = handler;
    int error = BelayNative.epollAdd(epoll, number, events);
    if (error != 0) {
      handlers[number] = null;
      throw new IOException("epoll_ctl: errno=" + error + " number=" + number);
    }
  }

  /** Changes what is waited for. Loop thread. */
  public void rewatch(RawSocket socket, int events) {
    if (!socket.isClosed() && handlers[socket.number()] != null) {
      BelayNative.epollModify(epoll, socket.number(), events);
    }
  }

  /** Has to come before the socket is closed: its open file may live on. Loop thread. */
  public void unwatch(RawSocket socket) {
    int number = socket.number();
    if (!socket.isClosed() && number < handlers.length && handlers[number] != null) {
      handlers[number] = null;
      BelayNative.epollRemove(epoll, number);
    }
  }

  /** Unwatches and closes. Loop thread. */
  public void close(RawSocket socket) {
    unwatch(socket);
    socket.close();
  }

  /** Done at the end of each turn. Set before the start. */
  public void everyTurn(Runnable action) {
    everyTurn = action;
  }

  /**
   * Done once in each period, in the middle of a long turn too: between any two handlers, tasks or
   * timers. Not to touch the loop's sockets and timers. Set before the start.
   */
  public void pulse(long periodMs, Runnable action) {
    pulse = action;
    pulsePeriodNs = periodMs * 1_000_000;
  }

  /**
   * For how long, all in all, this loop has not run though it was time: what others did not hear of
   * it, and it not of others, in that time is its own fault. Rises. Loop thread.
   */
  public long lateNs() {
    return lateNs;
  }

  private void run() {
    while (true) {
      try {
        turn();
      } catch (Throwable e) { // the loop must live: sessions of others depend on it
        AgentLog.error("event loop: " + e, e);
      }
    }
  }

  private void turn() throws IOException {
    int count = BelayNative.await(epoll, eventArray, EVENTS, timeoutMs());
    long nowNs = System.nanoTime();
    noteLateness(nowNs);
    for (int i = 0; i < count; i++) {
      pulseIfDue();
      dispatch(BelayNative.eventDescriptor(eventArray, i), BelayNative.events(eventArray, i));
    }
    runTasks();
    runTimers(nowNs);
    pulseIfDue();
    runSafely(everyTurn);
  }

  private void noteLateness(long nowNs) {
    Timer first = timers.peek();
    if (first != null && nowNs - first.dueNs > 0) {
      boolean isCounted = first.dueNs - lateUntilNs < 0;
      lateNs += nowNs - (isCounted ? lateUntilNs : first.dueNs);
      lateUntilNs = nowNs;
    }
  }

  private void pulseIfDue() {
    long nowNs = System.nanoTime();
    if (nowNs - pulseDueNs >= 0) {
      pulseDueNs = nowNs + pulsePeriodNs;
      runSafely(pulse);
    }
  }

  private int timeoutMs() {
    if (!tasks.isEmpty()) {
      return 0;
    }
    long nowNs = System.nanoTime();
    Timer first = timers.peek();
    long leftNs = pulseDueNs - nowNs;
    leftNs = first == null ? leftNs : Math.min(leftNs, first.dueNs - nowNs);
    long ms = (leftNs + 999_999) / 1_000_000;
    return (int) Math.max(0, Math.min(IDLE_MS, ms));
  }

  private void dispatch(int number, int events) throws IOException {
    if (number == wakeRead) {
      BelayNative.drain(wakeRead);
      isWoken.set(false);
      return;
    }
    Handler handler = number < handlers.length ? handlers[number] : null;
    if (handler == null) {
      return; // unwatched earlier in this turn
    }
    try {
      handler.ready(events);
    } catch (IOException | RuntimeException e) {
      AgentLog.error("event loop: " + e, e);
    }
  }

  private void runTasks() {
    long untilNs = System.nanoTime() + TASKS_NS;
    Runnable task;
    while (System.nanoTime() - untilNs < 0 && (task = tasks.poll()) != null) {
      pulseIfDue();
      runSafely(task);
    }
  }

  /**
   * What was due when the turn began. What fell due during it waits until the sockets have been
   * looked at again: an answer that is there already must not be found too late because this thread
   * was.
   */
  private void runTimers(long nowNs) {
    while (!timers.isEmpty() && timers.peek().dueNs - nowNs <= 0) {
      pulseIfDue();
      Timer timer = timers.poll();
      Runnable action = timer.action;
      if (action != null) {
        renew(timer);
        runSafely(action);
      }
    }
  }

  /** Takes no memory: the place that it has left is still there. */
  private void renew(Timer timer) {
    if (timer.periodNs != Timer.ONCE) {
      timer.dueNs = System.nanoTime() + timer.periodNs;
      timers.add(timer);
    }
  }

  private static void runSafely(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      AgentLog.error("event loop: " + e, e);
    }
  }
}

package dev.belay.agent.sim.kernel;

import dev.belay.agent.sim.jdk.ProductThread;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One simulated JVM: descriptor table, clock, the product's loop, the application's threads. It can
 * be paused and killed between any two steps.
 *
 * <p>Invariant: code of the product and of the application runs inside {@link #run} only, so that
 * {@link #current} and the seam's static fields are this JVM's.
 */
public final class Jvm {
  private static final int MOST_DESCRIPTORS = 512;

  /** How long a kernel needs at most to close what a process had. */
  public static final long MOST_DYING_NS = 40_000_000;

  private static Jvm current;
  private static Jvm inPlace;

  private final World world;
  private final Machine machine;
  private final String name;
  private final int socketBufferBytes;
  private final OpenFile[] files = new OpenFile[MOST_DESCRIPTORS];
  private final SeamState seam = new SeamState();
  private final List<Runnable> shutdownHooks = new ArrayList<>();
  private final List<Runnable> lastHooks = new ArrayList<>();
  private final Map<Long, AppThread> threads = new LinkedHashMap<>();
  private final long clockOffsetNs;
  private final double drift;
  private LoopThread loop;
  private LogThread logger;
  private Object agent;
  private long threadIds;
  private long pausedUntilNs;
  private boolean isDead;
  private boolean losesResets;

  public Jvm(Machine machine, String name, int socketBufferBytes) {
    this.world = machine.world();
    this.machine = machine;
    this.name = name;
    this.socketBufferBytes = socketBufferBytes;
    this.clockOffsetNs = world.between(-1L << 60, 1L << 60);
    this.drift = (world.random().nextDouble() - 0.5) / 500; // up to 1 ms in a second
  }

  /** The JVM whose code is running. */
  public static Jvm current() {
    return current;
  }

  /** Forgets whose static fields are in place: a new world begins. */
  public static void reset() {
    current = null;
    inPlace = null;
  }

  public World world() {
    return world;
  }

  public Machine machine() {
    return machine;
  }

  public String name() {
    return name;
  }

  /** What it has sent and not delivered when it resets a connection is lost with the reset. */
  public void losesResets() {
    losesResets = true;
  }

  boolean isLosingResets() {
    return losesResets;
  }

  int socketBufferBytes() {
    return socketBufferBytes;
  }

  public boolean isDead() {
    return isDead;
  }

  public long clockNs() {
    return clockOffsetNs + (long) (world.nowNs() * (1 + drift));
  }

  /** The product in this JVM, for whoever looks into it. */
  public Object agent() {
    return agent;
  }

  public void agent(Object product) {
    agent = product;
  }

  // ---- running ----

  /** Code of this JVM; nothing happens when it is dead. */
  public void run(Runnable code) {
    if (isDead) {
      return;
    }
    Jvm outer = current;
    current = this;
    putInPlace();
    try {
      code.run();
    } finally {
      current = outer;
      if (outer != null) {
        outer.putInPlace();
      }
    }
  }

  private void putInPlace() {
    if (inPlace != this) {
      if (inPlace != null) {
        inPlace.seam.takeOut();
      }
      inPlace = this;
      seam.putInPlace();
    }
  }

  /** Code of one of its threads, as soon as that one gets a processor. */
  public void schedule(long delayNs, Runnable code) {
    world.after(delayNs, () -> runUnlessPaused(code));
  }

  private void runUnlessPaused(Runnable code) {
    if (world.nowNs() < pausedUntilNs) {
      world.after(pausedUntilNs - world.nowNs() + jitterNs(), () -> runUnlessPaused(code));
    } else {
      run(code);
    }
  }

  /** What the scheduler of the machine makes a thread wait; seldom long. */
  public long jitterNs() {
    return world.chance(0.01) ? world.between(100_000, 10_000_000) : world.between(2_000, 60_000);
  }

  AppThread register(AppThread thread) {
    threads.put(thread.id(), thread);
    return thread;
  }

  long nextThreadId() {
    return ++threadIds;
  }

  /** What its threads are doing, into the trace. */
  public void traceThreads() {
    for (AppThread thread : threads.values()) {
      world.trace(name, thread.toString());
    }
  }

  void ended(AppThread thread) {
    threads.remove(thread.id());
  }

  void signal(long threadId) {
    AppThread thread = threads.get(threadId);
    if (thread != null) {
      thread.signalled();
    }
  }

  /** The product starts a thread. */
  public void threadStarted(ProductThread thread) {
    switch (thread.name()) {
      case "belay-loop" -> loop = new LoopThread(this, thread, loopEpoll);
      case "belay-log" -> logger = new LogThread(this, thread);
      case "belay-join" -> schedule(jitterNs(), thread.action());
      default -> {} // JMX, names: nothing that matters here
    }
  }

  /** The product wakes a thread of its own. */
  public void unparked(ProductThread thread) {
    if (logger != null && logger.thread() == thread) {
      logger.unparked();
    }
  }

  private Epoll loopEpoll;

  void loopEpoll(Epoll epoll) {
    loopEpoll = epoll;
  }

  LoopThread loop() {
    return loop;
  }

  /** The loop's thread while it takes a turn, else null. */
  public ProductThread turning() {
    return loop != null && loop.isTurning() ? loop.thread() : null;
  }

  // ---- its end ----

  public void addShutdownHook(Runnable hook) {
    shutdownHooks.add(hook);
  }

  void atShutdown(Runnable hook) {
    lastHooks.add(hook);
  }

  /** Nothing of it runs for a while; its kernel goes on. */
  public void pause(long durationNs) {
    world.trace(name, "pause", durationNs / 1_000_000, 0);
    pausedUntilNs = Math.max(pausedUntilNs, world.nowNs() + durationNs);
  }

  /** What the JVM does when it is told to end: first the hooks, all at a time. */
  public void runShutdownHooks() {
    world.trace(name, "shutdown", 0, 0);
    run(() -> shutdownHooks.forEach(Runnable::run));
  }

  /** Behind the application's hooks. */
  public void runLastHooks() {
    run(() -> lastHooks.forEach(Runnable::run));
  }

  /**
   * kill -9: its kernel closes what it had, one after the other, and may do something else in
   * between; it is through within {@link #MOST_DYING_NS}.
   */
  public void kill() {
    if (!isDead) {
      world.trace(name, "kill", 0, 0);
      isDead = true;
      List<Integer> open = openNumbers();
      int until = world.chance(0.5) ? someListening(open) : open.size();
      closeAll(open.subList(0, until));
      world.after(
          world.between(0, MOST_DYING_NS), () -> closeAll(open.subList(until, open.size())));
      threads.values().forEach(AppThread::dropHold);
    }
  }

  /** In the order of closing: Linux begins with the last, and others may not. */
  private List<Integer> openNumbers() {
    List<Integer> numbers = new ArrayList<>();
    for (int number = 0; number < files.length; number++) {
      if (files[number] != null) {
        numbers.add(number);
      }
    }
    if (world.chance(0.7)) {
      Collections.reverse(numbers);
    }
    return numbers;
  }

  /** Where it is seen from without that something is closed already: before a listening socket. */
  private int someListening(List<Integer> numbers) {
    List<Integer> places = new ArrayList<>();
    for (int place = 0; place < numbers.size(); place++) {
      OpenFile file = files[numbers.get(place)];
      if (file instanceof Tcp && ((Tcp) file).isListening()) {
        places.add(place);
      }
    }
    return places.isEmpty() ? 0 : places.get(world.random().nextInt(places.size()));
  }

  private void closeAll(List<Integer> numbers) {
    for (int number : numbers) {
      files[number].letGo();
      files[number] = null;
    }
  }

  /** Its machine lost power: nobody is told. */
  public void vanish() {
    world.trace(name, "vanish", 0, 0);
    isDead = true;
  }

  // ---- descriptors ----

  int install(OpenFile file) throws IOException {
    for (int number = 3; number < files.length; number++) {
      if (files[number] == null) {
        files[number] = file;
        file.hold();
        return number;
      }
    }
    throw new IOException("Too many open files");
  }

  OpenFile file(int number) throws IOException {
    OpenFile file = number >= 0 && number < files.length ? files[number] : null;
    if (file == null) {
      throw world.fail("a call on a descriptor that is closed: number=" + number + " in " + name);
    }
    return file;
  }

  Tcp socket(int number) throws IOException {
    OpenFile file = file(number);
    if (!(file instanceof Tcp)) {
      throw new IOException("Socket operation on non-socket");
    }
    return (Tcp) file;
  }

  void duplicate(int from, int onto) throws IOException {
    OpenFile source = file(from);
    OpenFile former = file(onto);
    source.hold();
    files[onto] = source;
    former.letGo();
  }

  void close(int number) throws IOException {
    OpenFile file = file(number);
    files[number] = null;
    file.letGo();
  }

  /** The socket under a number, or null. */
  public Tcp socketOrNull(int number) {
    return files[number] instanceof Tcp ? (Tcp) files[number] : null;
  }

  public int openDescriptors() {
    int count = 0;
    for (OpenFile file : files) {
      count += file == null ? 0 : 1;
    }
    return count;
  }
}

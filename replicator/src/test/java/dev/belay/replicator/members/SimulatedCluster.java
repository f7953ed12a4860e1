package dev.belay.replicator.members;

import dev.belay.replicator.cluster.HeldMemory;
import dev.belay.replicator.log.SessionLog;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Members in virtual time: the product's log and holder, joined by messages that take a random
 * while. Single-threaded; the same seed gives the same course.
 */
final class SimulatedCluster {

  static final long LATENCY_NS = TimeUnit.MICROSECONDS.toNanos(200);

  /** Events after which a test that waits has waited in vain. */
  private static final int MOST_EVENTS = 2_000_000;

  private static final long HELD_BYTES = 64 << 20;

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final Map<String, Process> processes = new LinkedHashMap<>();
  private final Random random;
  private final byte[] key;
  private long nowNs;
  private long eventsMade;
  private int asks;

  SimulatedCluster(long seed, byte[] key) {
    this.random = new Random(seed);
    this.key = key;
  }

  private record Event(long dueNs, long number, Runnable task) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(dueNs, other.dueNs);
      return byTime == 0 ? Long.compare(number, other.number) : byTime;
    }
  }

  /** A member that can be stopped, continued and killed. */
  final class Process implements Loop, Peers {

    private final Peer peer;
    private final Holder holder;
    private final Queue<Runnable> stoppedWork = new ArrayDeque<>();
    private final MemberLog log;
    private boolean stopped;
    private boolean killed;
    private int toLose;

    private Process(String server, long heldBytes) {
      peer = new Peer(server, "door-" + server);
      holder = new Holder(() -> nowNs, HeldMemory.of(heldBytes), line -> {});
      log = new MemberLog(this, this, holder, key, Duration.ofMinutes(30));
    }

    String server() {
      return peer.server();
    }

    SessionLog log() {
      return log;
    }

    Holder holder() {
      return holder;
    }

    void stop() {
      stopped = true;
    }

    void goOn() {
      stopped = false;
      while (!stoppedWork.isEmpty()) {
        execute(stoppedWork.poll());
      }
    }

    /** What is asked of it next does not arrive. */
    void loseOne() {
      toLose = 1;
    }

    /** Gone at once; the others learn it a while later. */
    void kill() {
      killed = true;
      schedule(TimeUnit.MILLISECONDS.toNanos(120), () -> leave(this));
    }

    @Override
    public long nowNs() {
      return nowNs;
    }

    @Override
    public void execute(Runnable task) {
      after(0, task);
    }

    @Override
    public void after(long delayNs, Runnable task) {
      schedule(delayNs, () -> runHere(task));
    }

    private void runHere(Runnable task) {
      if (stopped) {
        stoppedWork.add(task);
      } else if (!killed) {
        task.run();
      }
    }

    @Override
    public List<Peer> holders() {
      List<Peer> others = new ArrayList<>();
      for (Process each : processes.values()) {
        if (each != this) {
          others.add(each.peer);
        }
      }
      return others;
    }

    @Override
    public CompletionStage<byte[]> ask(Peer to, byte[] request) {
      asks++;
      CompletableFuture<byte[]> answer = new CompletableFuture<>();
      Process target = processes.get(to.server());
      if (target.toLose > 0) {
        target.toLose--;
        return answer;
      }
      schedule(latencyNs(), () -> target.runHere(() -> serve(target, request, answer)));
      return answer;
    }

    private void serve(Process target, byte[] request, CompletableFuture<byte[]> answer) {
      byte[] bytes = target.holder.serve(request);
      schedule(latencyNs(), () -> answer.complete(bytes));
    }
  }

  Process join(String server) {
    return join(server, HELD_BYTES);
  }

  /** With so much memory for what it holds. */
  Process join(String server, long heldBytes) {
    Process process = new Process(server, heldBytes);
    processes.put(server, process);
    for (Process each : processes.values()) {
      each.execute(each.log::membersChanged);
    }
    return process;
  }

  private void leave(Process gone) {
    processes.remove(gone.server());
    for (Process each : processes.values()) {
      each.execute(each.log::membersChanged);
    }
  }

  /** Those that have not been killed, or not been missed yet. */
  List<Process> members() {
    return List.copyOf(processes.values());
  }

  int asks() {
    return asks;
  }

  long nowNs() {
    return nowNs;
  }

  private long latencyNs() {
    return LATENCY_NS / 2 + random.nextInt((int) LATENCY_NS);
  }

  private void schedule(long delayNs, Runnable task) {
    events.add(new Event(nowNs + delayNs, eventsMade++, task));
  }

  /** Lets so much time pass. */
  void run(Duration time) {
    long untilNs = nowNs + time.toNanos();
    while (!events.isEmpty() && events.peek().dueNs <= untilNs) {
      step();
    }
    nowNs = untilNs;
  }

  private void step() {
    Event event = events.poll();
    nowNs = event.dueNs;
    event.task.run();
  }

  private CompletableFuture<?> completed(CompletionStage<?> stage) {
    CompletableFuture<?> future = stage.toCompletableFuture();
    for (int i = 0; i < MOST_EVENTS && !future.isDone(); i++) {
      step();
    }
    if (!future.isDone()) {
      throw new IllegalStateException("no answer in " + MOST_EVENTS + " events");
    }
    return future;
  }

  /** The stage's value, once it has one. */
  <T> T answer(CompletionStage<T> stage) {
    completed(stage);
    return stage.toCompletableFuture().join();
  }

  /** What the stage failed with, or null. */
  Throwable failure(CompletionStage<?> stage) {
    try {
      completed(stage).join();
      return null;
    } catch (CompletionException e) {
      return e.getCause();
    }
  }
}

package dev.belay.benchmarks.log;

import dev.belay.agent.cluster.LogWriter;
import dev.belay.benchmarks.traffic.Commands;
import dev.belay.benchmarks.traffic.Heap;
import dev.belay.replicator.cluster.Replicator;
import dev.belay.replicator.log.LogRecord;
import dev.belay.replicator.log.SessionId;
import dev.belay.replicator.log.SessionLog;
import dev.belay.replicator.log.SessionRecord;
import dev.belay.replicator.members.NoAnswerException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Appends to the log of a member in another JVM, by the port alone and by the agent's writer. One
 * thread asks; times are those of its clock.
 */
public final class LogBenchmark implements Commands.Program {
  private static final int[] SIZES = {64, 1 << 10, 64 << 10};
  private static final int WARM_UPS = 5_000;
  private static final int APPENDS = 5_000;
  private static final int LONE_RECORDS = 200;
  private static final int LONE_PAUSE_MS = 20;
  private static final int SESSIONS = 1_000;
  private static final int IDLE_SESSIONS = 10_000;
  private static final int SMALL_BYTES = 64;
  private static final int ROUNDS = 7;
  private static final int ATTEMPTS = 10;
  private static final long ROUND_NS = TimeUnit.MILLISECONDS.toNanos(700);

  /** A session that is so far ahead of the log is left out until the log has caught up. */
  private static final int MOST_AHEAD_BYTES = 64 << 10;

  private static final byte[] NO_KEY = {};

  private final SessionLog log;
  private final LogWriter writer;

  private LogBenchmark(SessionLog log) {
    this.log = log;
    this.writer = new LogWriter(() -> log, System::nanoTime, 60_000);
    writer.start();
    writer.hasHolder(true);
  }

  /** Joins the cluster as {@link LogMember} does, and measures what it is asked for. */
  public static void main(String[] args) throws IOException, InterruptedException {
    CountDownLatch replicating = new CountDownLatch(1);
    Replicator member = LogMember.start(args, "server", replicating, false);
    LogMember.await(replicating);
    LogBenchmark benchmark = new LogBenchmark(member.log());
    benchmark.awaitHolder();
    Commands.serve(benchmark);
  }

  /** One that has only just joined may leave a call unanswered: the writer repeats it. */
  private void awaitHolder() {
    Logged first = new Logged(writer, begun());
    first.append(SMALL_BYTES);
    awaitDurable(List.of(first));
    first.end();
  }

  @Override
  public Object run(String[] words) throws IOException, InterruptedException {
    return switch (words[0]) {
      case "append" -> append(Integer.parseInt(words[1]));
      case "lone" -> lone();
      case "many" -> many();
      case "idle" -> idle();
      case "copy" ->
          new ClaimedLog(log, writer)
              .copy(begun(), Integer.parseInt(words[1]), Integer.parseInt(words[2]));
      default -> throw new IOException("unknown command: " + words[0]);
    };
  }

  /** One append after the other of one session: p50 and p99 in us. */
  private String append(int bytes) throws IOException, InterruptedException {
    SessionRecord record = begun();
    answered(() -> log.open(record));
    long[] timesNs = new long[APPENDS];
    for (int i = -WARM_UPS; i < APPENDS; i++) {
      long position = (long) (i + WARM_UPS) * bytes;
      List<LogRecord> records =
          List.of(new LogRecord(LogRecord.Kind.INPUT, position, 0, new byte[bytes]));
      long beganNs = System.nanoTime();
      answered(() -> log.append(record.id(), record.epoch(), records));
      timesNs[Math.max(0, i)] = System.nanoTime() - beganNs;
    }
    get(log.close(record.id(), record.epoch()).toCompletableFuture());
    return percentiles(timesNs);
  }

  /** A record now and then by way of the agent's writer, until it is durable. */
  private String lone() {
    Logged session = new Logged(writer, begun());
    long[] timesNs = new long[LONE_RECORDS];
    for (int i = -LONE_RECORDS; i < LONE_RECORDS; i++) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LONE_PAUSE_MS));
      long beganNs = System.nanoTime();
      session.append(SMALL_BYTES);
      while (session.aheadBytes() > 0) {
        LockSupport.parkNanos(1);
      }
      timesNs[Math.max(0, i)] = System.nanoTime() - beganNs;
    }
    session.end();
    return percentiles(timesNs);
  }

  /** Small records of a thousand sessions by way of the writer: durable ones per second. */
  private double many() {
    double[] perSecond = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      List<Logged> sessions = sessions(SESSIONS);
      long beganNs = System.nanoTime();
      long nowNs = beganNs;
      while (nowNs - beganNs < ROUND_NS) {
        boolean isAnyBehind = false;
        for (Logged each : sessions) {
          if (each.aheadBytes() < MOST_AHEAD_BYTES) {
            each.append(SMALL_BYTES);
            isAnyBehind = true;
          }
        }
        if (!isAnyBehind) {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        nowNs = System.nanoTime();
      }
      long durable = sessions.stream().mapToLong(Logged::durablePosition).sum();
      perSecond[round] = durable / (double) SMALL_BYTES * 1e9 / (nowNs - beganNs);
      awaitDurable(sessions);
      sessions.forEach(Logged::end);
    }
    Arrays.sort(perSecond);
    return perSecond[ROUNDS / 2];
  }

  /** Heap that an idle session takes here, beyond the block that its one record lies in. */
  private double idle() {
    idleSessions(IDLE_SESSIONS / 10);
    long before = Heap.usedBytes();
    List<Logged> sessions = idleSessions(IDLE_SESSIONS);
    long keptBytes = sessions.stream().mapToLong(Logged::keptBytes).sum();
    return (Heap.usedBytes() - before - keptBytes) / (double) IDLE_SESSIONS;
  }

  /** When all of them are durable, nothing is left of what was asked for before. */
  private List<Logged> idleSessions(int count) {
    List<Logged> sessions = sessions(count);
    sessions.forEach(each -> each.append(SMALL_BYTES));
    awaitDurable(sessions);
    return sessions;
  }

  private static void awaitDurable(List<Logged> sessions) {
    for (Logged each : sessions) {
      while (each.aheadBytes() > 0) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
      }
    }
  }

  private List<Logged> sessions(int count) {
    List<Logged> sessions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sessions.add(new Logged(writer, begun()));
    }
    return sessions;
  }

  private static SessionRecord begun() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    SessionId id = new SessionId(random.nextLong(), random.nextLong());
    return SessionRecord.begun(id, "benchmark", "server", NO_KEY);
  }

  /** What has not been answered in time is asked for again, by position, as the agent does. */
  static <T> T answered(Supplier<CompletionStage<T>> call)
      throws IOException, InterruptedException {
    for (int i = 1; i < ATTEMPTS; i++) {
      try {
        return get(call.get().toCompletableFuture());
      } catch (IOException e) {
        if (!(e.getCause().getCause() instanceof NoAnswerException)) {
          throw e;
        }
      }
    }
    return get(call.get().toCompletableFuture());
  }

  static <T> T get(Future<T> answer) throws IOException, InterruptedException {
    try {
      return answer.get(10, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException(e);
    }
  }

  private static String percentiles(long[] timesNs) {
    Arrays.sort(timesNs);
    return timesNs[timesNs.length / 2] / 1000 + " " + timesNs[timesNs.length * 99 / 100] / 1000;
  }

  /** What {@code append} is to be asked for. */
  public static int[] sizes() {
    return SIZES.clone();
  }
}

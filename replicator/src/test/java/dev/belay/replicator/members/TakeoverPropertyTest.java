package dev.belay.replicator.members;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.replicator.log.Epoch;
import dev.belay.replicator.log.FencedException;
import dev.belay.replicator.log.LogRecord;
import dev.belay.replicator.log.SessionId;
import dev.belay.replicator.log.SessionRecord;
import dev.belay.replicator.log.SessionUnknownException;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Whatever order things fail in, as long as one at a time does: what was answered as durable is
 * what the next server reads. In virtual time; a failure names its seed.
 */
final class TakeoverPropertyTest {

  private static final SessionId ID = new SessionId(3, 4);
  private static final byte[] KEY = {9};
  private static final int ROUNDS = 5;
  private static final int SEEDS = 60;

  @Test
  void shouldReadWhatWasDurable() {
    Queue<String> failures = new ConcurrentLinkedQueue<>();
    LongStream.range(0, SEEDS).parallel().forEach(seed -> run(seed, failures));

    assertThat(failures).isEmpty();
  }

  private static void run(long seed, Queue<String> failures) {
    try {
      Course course = new Course(seed);
      course.begin();
      for (int round = 0; round < ROUNDS; round++) {
        course.serve();
        course.loseOther();
        course.serve();
        course.takeOver();
      }
    } catch (AssertionError | RuntimeException e) {
      failures.add("seed=" + seed + " " + e);
    }
  }

  /** One session, served by one member after another. */
  private static final class Course {

    private final Random random;
    private final SimulatedCluster cluster;
    private final byte[] input;
    private Writer writer;
    private int joined;

    Course(long seed) {
      random = new Random(seed);
      cluster = new SimulatedCluster(seed, random.nextBoolean() ? new byte[] {1} : null);
      input = new byte[500_000];
      random.nextBytes(input);
    }

    void begin() {
      SimulatedCluster.Process first = join();
      join();
      join();
      writer = new Writer(first, Epoch.FIRST, 0);
      writer.open();
    }

    private SimulatedCluster.Process join() {
      return cluster.join("m" + joined++);
    }

    void serve() {
      for (int i = 0; i < 20; i++) {
        writer.received(random.nextInt(2000));
        cluster.run(Duration.ofNanos(random.nextInt(1_000_000)));
      }
    }

    /** Not the server; then the log becomes complete again somewhere. */
    void loseOther() {
      List<SimulatedCluster.Process> others = new ArrayList<>(cluster.members());
      others.remove(writer.process);
      SimulatedCluster.Process lost = others.get(random.nextInt(others.size()));
      if (random.nextBoolean()) {
        lost.kill();
        writer.received(random.nextInt(2000));
        cluster.run(Duration.ofMillis(121 + random.nextInt(200)));
        join();
        writer.pump(); // as a server does when members have changed: is it still held?
      } else {
        lost.stop();
        cluster.run(Duration.ofMillis(random.nextInt(2000)));
        lost.goOn();
      }
      settle();
    }

    private void settle() {
      for (int i = 0; i < 200 && !writer.isDone(); i++) {
        cluster.run(Duration.ofMillis(100));
      }
      assertThat(writer.durablePosition).isEqualTo(writer.endPosition);
    }

    void takeOver() {
      SimulatedCluster.Process old = writer.process;
      boolean comesBack = random.nextBoolean();
      if (comesBack) {
        old.stop();
      } else {
        old.kill();
      }
      long durablePosition = writer.durablePosition;
      List<SimulatedCluster.Process> others = new ArrayList<>(cluster.members());
      others.remove(old);
      SimulatedCluster.Process next = others.get(random.nextInt(others.size()));
      Epoch epoch = writer.epoch;
      SessionRecord claimed =
          cluster.answer(next.log().claim(ID, epoch, epoch.next(), next.server()));
      byte[] read = readAll(next, claimed.endPosition());
      assertThat(read).isEqualTo(Arrays.copyOf(input, read.length));
      assertThat((long) read.length).isGreaterThanOrEqualTo(durablePosition);
      Writer oldWriter = writer;
      writer = new Writer(next, epoch.next(), read.length);
      writer.pump();
      if (comesBack) {
        old.goOn();
        cluster.run(Duration.ofSeconds(2));
        oldWriter.received(10);
        cluster.run(Duration.ofSeconds(5));
        assertThat(oldWriter.durablePosition).isLessThanOrEqualTo(read.length);
        assertThat(oldWriter.isFenced).isTrue();
      } else {
        cluster.run(Duration.ofMillis(200));
        join();
        writer.pump();
      }
      settle();
    }

    private byte[] readAll(SimulatedCluster.Process by, long endPosition) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      while (bytes.size() < endPosition) {
        int limit = 1 + random.nextInt(20_000);
        for (LogRecord each : cluster.answer(by.log().read(ID, bytes.size(), limit))) {
          assertThat(each.inPosition()).isEqualTo(bytes.size());
          bytes.writeBytes(each.bytes());
        }
      }
      return bytes.toByteArray();
    }

    /** A server as it writes its log: at most one append on its way, everything from memory. */
    private final class Writer {

      private final SimulatedCluster.Process process;
      private final Epoch epoch;
      private long endPosition;
      private long durablePosition;
      private boolean isBusy;
      private boolean isFenced;

      Writer(SimulatedCluster.Process process, Epoch epoch, long endPosition) {
        this.process = process;
        this.epoch = epoch;
        this.endPosition = endPosition;
        this.durablePosition = endPosition;
      }

      boolean isDone() {
        return !isBusy && durablePosition == endPosition;
      }

      void received(int bytes) {
        endPosition = Math.min(input.length, endPosition + bytes);
        pump();
      }

      void open() {
        isBusy = true;
        durablePosition = 0;
        SessionRecord record = new SessionRecord(ID, epoch, "7001", process.server(), KEY, 0, 0);
        process.log().open(record).whenComplete((done, failure) -> next(failure));
      }

      void pump() {
        if (isBusy || isFenced) {
          return;
        }
        isBusy = true;
        process
            .log()
            .append(ID, epoch, records(durablePosition))
            .whenComplete(
                (position, failure) -> {
                  durablePosition = failure == null ? position : durablePosition;
                  next(failure);
                });
      }

      private List<LogRecord> records(long fromPosition) {
        List<LogRecord> records = new ArrayList<>();
        int position = (int) Math.max(0, fromPosition - random.nextInt(50));
        while (position < endPosition) {
          int end = (int) Math.min(endPosition, position + 1 + random.nextInt(500));
          byte[] bytes = Arrays.copyOfRange(input, position, end);
          records.add(new LogRecord(LogRecord.Kind.INPUT, position, 0, bytes));
          position = end;
        }
        return records;
      }

      private void next(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        isBusy = false;
        if (cause instanceof FencedException) {
          isFenced = true;
        } else if (cause instanceof SessionUnknownException) {
          open();
        } else if (cause != null) {
          process.after(Duration.ofMillis(50).toNanos(), this::pump);
        } else if (durablePosition < endPosition) {
          pump();
        }
      }
    }
  }
}

package dev.belay.replicator.members;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.replicator.log.Epoch;
import dev.belay.replicator.log.LogRecord;
import dev.belay.replicator.log.SessionId;
import dev.belay.replicator.log.SessionLog;
import dev.belay.replicator.log.SessionRecord;
import dev.belay.replicator.memory.MemorySessionLog;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Does, call for call, what the log in memory does. In virtual time. */
final class ReferenceTest {

  private static final int CALLS = 3000;
  private static final int SESSIONS = 5;
  private static final int STREAM = 2000;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void shouldAnswerAsTheLogInMemoryDoes(long seed) {
    Random random = new Random(seed);
    SimulatedCluster cluster = new SimulatedCluster(seed, new byte[] {1});
    SessionLog log = cluster.join("a").log();
    cluster.join("b");
    cluster.join("c");
    SessionLog reference = new MemorySessionLog(cluster::nowNs);

    for (int i = 0; i < CALLS; i++) {
      Step step = Step.of(random).asOf(reference);
      String ours = outcome(cluster, step.on(log));
      String theirs = outcome(cluster, step.on(reference));
      assertThat(ours).as("seed=%d call=%d %s", seed, i, step).isEqualTo(theirs);
    }
  }

  private static String outcome(SimulatedCluster cluster, CompletionStage<?> stage) {
    try {
      return String.valueOf(cluster.answer(stage));
    } catch (CompletionException e) {
      boolean isFaulty = e.getCause() instanceof IllegalArgumentException;
      return isFaulty ? "faulty" : e.getCause().getClass().getSimpleName();
    }
  }

  /** One call with its arguments, for both logs. */
  private record Step(int kind, SessionId id, Epoch epoch, int position, int length) {

    private static final int KINDS = 10;

    static Step of(Random random) {
      SessionId id = new SessionId(random.nextInt(SESSIONS), 9);
      int position = random.nextInt(STREAM);
      int kind = random.nextInt(KINDS + 12); // mostly appends
      return new Step(kind, id, new Epoch(random.nextInt(4)), position, random.nextInt(400));
    }

    /** Nobody expects an epoch that has never been: the members would know it. */
    Step asOf(SessionLog reference) {
      int highest =
          reference
              .session(id)
              .handle((record, failure) -> record == null ? 0 : record.epoch().number())
              .toCompletableFuture()
              .join();
      return new Step(
          kind, id, new Epoch(Math.min(epoch.number(), highest + length % 2)), position, length);
    }

    CompletionStage<?> on(SessionLog log) {
      return switch (kind) {
        case 0 -> log.session(id);
        case 1 -> log.durablePosition(id);
        case 2 -> log.read(id, position, Integer.MAX_VALUE);
        case 3 -> claim(log);
        case 4 -> length % 8 == 0 ? log.fence(id, epoch) : log.durablePosition(id);
        case 5 -> log.trim(id, epoch, position);
        case 6 -> length % 8 == 0 ? log.close(id, epoch) : log.touch(id, epoch);
        case 7 -> log.touch(id, epoch);
        case 8, 9 -> log.open(SessionRecord.begun(id, "7001", "server-0", new byte[] {1}));
        default -> log.append(id, epoch, records());
      };
    }

    private CompletionStage<SessionRecord> claim(SessionLog log) {
      Epoch expected = new Epoch(Math.max(0, epoch.number() - 1));
      return log.claim(id, expected, expected.next(), "server-" + length % 2);
    }

    private List<LogRecord> records() {
      List<LogRecord> records = new ArrayList<>();
      int from = Math.max(0, position - 1000);
      for (int i = 0; i < 1 + length % 4; i++) {
        byte[] bytes = new byte[1 + length];
        Arrays.fill(bytes, (byte) 7);
        records.add(new LogRecord(LogRecord.Kind.INPUT, from, position, bytes));
        from += i % 2 == 0 ? bytes.length : bytes.length / 2;
      }
      return records;
    }
  }
}

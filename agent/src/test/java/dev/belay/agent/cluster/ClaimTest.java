package dev.belay.agent.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.config.Settings;
import dev.belay.agent.loop.RunningLoop;
import dev.belay.agent.session.MemoryBudget;
import dev.belay.replicator.cluster.Offer;
import dev.belay.replicator.cluster.Replicator;
import dev.belay.replicator.cluster.ReplicatorListener;
import dev.belay.replicator.cluster.ReplicatorSettings;
import dev.belay.replicator.cluster.ReplicatorState;
import dev.belay.replicator.log.Epoch;
import dev.belay.replicator.log.LogRecord;
import dev.belay.replicator.log.SessionId;
import dev.belay.replicator.log.SessionLog;
import dev.belay.replicator.log.SessionRecord;
import dev.belay.replicator.memory.MemorySessionLog;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a server takes for enough of what the members hold. */
@Timeout(30)
final class ClaimTest {
  private static final RunningLoop LOOP = new RunningLoop("claim-test-loop");
  private static final long PATIENCE_MS = 20_000;
  private static final SessionId SESSION = new SessionId(7, 11);

  private final FlakyLog log = new FlakyLog(new MemorySessionLog(System::nanoTime), new Random(1));
  private final CountDownLatch started = new CountDownLatch(1);
  private Cluster cluster;

  @BeforeEach
  void hold() throws InterruptedException {
    SessionRecord record = SessionRecord.begun(SESSION, "7001", "a", new byte[0]);
    log.behind().open(record).toCompletableFuture().join();
    LogRecord hello = new LogRecord(LogRecord.Kind.INPUT, 0, 0, "hello".getBytes(US_ASCII));
    log.behind().append(SESSION, Epoch.FIRST, List.of(hello)).toCompletableFuture().join();
    Settings settings = Settings.load(null, Map.of(), new Properties()).settings();
    Cluster.Place place = new Cluster.Place("b", "b:7400", new MemoryBudget(1 << 20));
    cluster = new Cluster(settings, place, LOOP.loop(), members -> {}, new Started());
    cluster.offer("b:7400", List.of(), 0);
    started.await();
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  private Cluster.Claim claim(int epoch, long heldFrom) {
    return cluster.claim(SESSION, epoch, heldFrom, PATIENCE_MS).toCompletableFuture().join();
  }

  @Test
  void shouldClaimALogThatEndsWhereItsClientGoesOn() {
    assertThat(claim(1, 5).record().endPosition()).isEqualTo(5);
  }

  @Test
  void shouldNotClaimALogThatEndsBefore() {
    assertThat(claim(1, 6)).isNull();
    assertThat(log.session(SESSION).toCompletableFuture().join().epoch()).isEqualTo(Epoch.FIRST);
  }

  /** Who was seen to hold more did not answer the claim. */
  @Test
  void shouldNotTakeAShorterCopyThanItsClientNeeds() {
    log.grantUpTo(3);

    assertThat(claim(1, 5)).isNull();
    assertThat(claim(2, 3).record().endPosition()).isEqualTo(3);
  }

  private final class Started implements Cluster.Starter, Replicator {
    @Override
    public Replicator start(
        ReplicatorSettings settings, ReplicatorListener listener, Consumer<String> lines) {
      listener.stateChanged(ReplicatorState.REPLICATING, "");
      return this;
    }

    @Override
    public SessionLog log() {
      return log;
    }

    @Override
    public void offer(Offer offer) {
      started.countDown();
    }

    @Override
    public Held held() {
      return new Held(0, 0);
    }

    @Override
    public void close() {}
  }
}

package dev.belay.replicator.hazelcast;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.core.Hazelcast;
import dev.belay.replicator.cluster.Offer;
import dev.belay.replicator.cluster.ReplicatorSettings.Role;
import dev.belay.replicator.cluster.ReplicatorState;
import dev.belay.replicator.log.Epoch;
import dev.belay.replicator.log.FencedException;
import dev.belay.replicator.log.LogRecord;
import dev.belay.replicator.log.SessionId;
import dev.belay.replicator.log.SessionRecord;
import dev.belay.replicator.log.SessionUnknownException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real members of Hazelcast in this JVM: joining, offers, logs, leaving. */
@Timeout(120)
final class HazelcastReplicatorTest {

  private static final Epoch FIRST = Epoch.FIRST;
  private static final Epoch SECOND = FIRST.next();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int WAIT_S = 20;

  /** One story, since members start slowly. */
  @Test
  void shouldHoldLogsAsMembersComeAndGo() {
    try (TestCluster cluster = new TestCluster(new byte[] {1})) {
      TestCluster.Member a = cluster.join("a", Role.SERVER);
      await().atMost(PATIENCE).until(() -> a.state() == ReplicatorState.ALONE);
      SessionId id = new SessionId(1, 1);
      assertThat(failure(a.log().open(begun(id)))).isNotNull();

      TestCluster.Member node = cluster.join("n", Role.NODE);
      TestCluster.Member c = cluster.join("c", Role.SERVER_WITHOUT_DATA);
      await().atMost(PATIENCE).until(() -> a.state() == ReplicatorState.REPLICATING);
      tellEachOther(a, c);

      List<SessionId> ids = openMany(a, 1000);
      assertThat(node.replicator().holder().size()).isEqualTo(1000);
      assertThat(new String(held(node, ids.get(0)), US_ASCII)).doesNotContain("secret words");

      takeOver(a, c, ids.get(0));
      loseTheHolder(cluster, a, node, ids.get(1));
    }
  }

  private static void tellEachOther(TestCluster.Member a, TestCluster.Member c) {
    Offer ofA = new Offer("a", "door-a:7400", List.of(new Offer.Service("shop", 7001)), 5);
    Offer ofC = new Offer("c", "door-c:7400", List.of(), 0);
    a.replicator().offer(ofA);
    c.replicator().offer(ofC);

    await().atMost(PATIENCE).until(() -> a.offers().equals(List.of(ofA, ofC)));
    await().atMost(PATIENCE).until(() -> c.offers().equals(List.of(ofA, ofC)));
  }

  private static List<SessionId> openMany(TestCluster.Member a, int count) {
    List<SessionId> ids = new ArrayList<>();
    List<CompletionStage<?>> answers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      SessionId id = new SessionId(2, i);
      ids.add(id);
      answers.add(a.log().open(begun(id)));
      answers.add(a.log().append(id, FIRST, List.of(input(0, "secret words"))));
    }
    answers.forEach(HazelcastReplicatorTest::answer);
    return ids;
  }

  private static byte[] held(TestCluster.Member member, SessionId id) {
    return member.replicator().holder().serve(readCall(id));
  }

  /** A batch of one call to read all. */
  private static byte[] readCall(SessionId id) {
    return java.nio.ByteBuffer.allocate(4 + 1 + 16 + 8 + 4)
        .putInt(1)
        .put((byte) 4)
        .putLong(id.high())
        .putLong(id.low())
        .putLong(0)
        .putInt(Integer.MAX_VALUE)
        .array();
  }

  @Test
  void shouldHaveNothingToDoWithAMemberOfAnotherSecret() {
    try (TestCluster cluster = new TestCluster(new byte[] {1, 2, 3})) {
      TestCluster.Member a = cluster.join("a", Role.SERVER);
      cluster.join("b", Role.SERVER);
      TestCluster.Member stranger = cluster.start("s", Role.SERVER, new byte[] {4, 5, 6});

      await().atMost(PATIENCE).until(() -> lines(a) == 1 && lines(stranger) == 2);
      assertThat(a.lines().get(0)).contains("member door-s:7400 has another belay.cluster.key");
      assertThat(a.replicator().peers()).isEqualTo(1);
      assertThat(stranger.replicator().peers()).isZero();
      assertThat(stranger.state()).isEqualTo(ReplicatorState.ALONE);
      assertThat(failure(stranger.log().open(begun(new SessionId(1, 2)))))
          .hasMessageContaining("no other member holds logs");
    }
  }

  @Test
  void shouldListenWhereItIsToldAndNotWhereTheApplicationsMemberDoes() {
    System.setProperty("hazelcast.local.localAddress", "127.0.0.2");
    System.setProperty("hazelcast.local.publicAddress", "127.0.0.2");
    try (TestCluster cluster = new TestCluster(null)) {
      TestCluster.Member a = cluster.join("a", Role.SERVER);

      await().atMost(PATIENCE).until(() -> a.state() == ReplicatorState.ALONE);

      assertThat(a.details().get(0)).contains("address=127.0.0.1:");
    } finally {
      System.clearProperty("hazelcast.local.localAddress");
      System.clearProperty("hazelcast.local.publicAddress");
    }
  }

  @Test
  void shouldSayThatHazelcastHasEndedByItself() {
    try (TestCluster cluster = new TestCluster(null)) {
      TestCluster.Member a = cluster.join("a", Role.SERVER);
      cluster.join("b", Role.SERVER);
      await().atMost(PATIENCE).until(() -> a.state() == ReplicatorState.REPLICATING);

      Hazelcast.getHazelcastInstanceByName("belay.a").shutdown();

      await().atMost(PATIENCE).until(() -> a.state() == ReplicatorState.ENDED);
      assertThat(a.details()).last().asString().contains("ended by itself");
      assertThat(failure(a.log().open(begun(new SessionId(1, 2)))))
          .hasMessageContaining("no other member holds logs");
    }
  }

  /** Also when that one has gone: it is then that its sessions are wanted. */
  @Test
  void shouldKeepWhatItHoldsAsLongAsAnyServerSays() {
    try (TestCluster cluster = new TestCluster(null)) {
      TestCluster.Member node = cluster.start("n", Role.NODE, null, Duration.ofSeconds(61));
      TestCluster.Member server = cluster.join("a", Role.SERVER);
      assertThat(node.replicator().silenceNow()).isEqualTo(TestCluster.SILENCE);

      cluster.kill(server);
      await().atMost(PATIENCE).until(() -> node.replicator().peers() == 0);

      assertThat(node.replicator().silenceNow()).isEqualTo(TestCluster.SILENCE);
    }
  }

  private static int lines(TestCluster.Member member) {
    return member.lines().size();
  }

  private static void takeOver(TestCluster.Member a, TestCluster.Member c, SessionId id) {
    SessionRecord seen = answer(c.log().session(id));
    assertThat(seen.server()).isEqualTo("a");

    SessionRecord claimed = answer(c.log().claim(id, seen.epoch(), SECOND, "c"));

    assertThat(claimed.endPosition()).isEqualTo(12);
    assertThat(claimed.sealedKey()).containsExactly(7);
    assertThat(answer(c.log().read(id, 0, 1000))).containsExactly(input(0, "secret words"));
    assertThat(failure(a.log().append(id, FIRST, List.of(input(12, "!")))))
        .isInstanceOf(FencedException.class);
    assertThat(answer(c.log().append(id, SECOND, List.of(input(12, "!"))))).isEqualTo(13);
  }

  private static void loseTheHolder(
      TestCluster cluster, TestCluster.Member a, TestCluster.Member node, SessionId id) {
    TestCluster.Member other = cluster.join("o", Role.NODE);
    cluster.kill(node); // an end like that of a killed process: without a word
    await().atMost(PATIENCE).until(() -> a.replicator().peers() == 1);

    assertThat(failure(a.log().append(id, FIRST, List.of(input(12, "!")))))
        .isInstanceOf(SessionUnknownException.class);
    answer(a.log().open(begun(id)));
    assertThat(answer(a.log().append(id, FIRST, List.of(input(0, "secret words!"))))).isEqualTo(13);
    assertThat(other.replicator().holder().size()).isEqualTo(1);
  }

  private static SessionRecord begun(SessionId id) {
    return SessionRecord.begun(id, "shop", "a", new byte[] {7});
  }

  private static LogRecord input(long position, String text) {
    return new LogRecord(LogRecord.Kind.INPUT, position, 0, text.getBytes(US_ASCII));
  }

  private static <T> T answer(CompletionStage<T> stage) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    return future.orTimeout(WAIT_S, TimeUnit.SECONDS).join();
  }

  private static Throwable failure(CompletionStage<?> stage) {
    try {
      answer(stage);
      return null;
    } catch (CompletionException e) {
      return e.getCause();
    }
  }
}

package dev.belay.replicator.hazelcast;

import dev.belay.replicator.cluster.ReplicatorSettings.Role;
import dev.belay.replicator.log.SessionLog;
import dev.belay.replicator.log.SessionLogContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** The contract, kept by two members, by three, and with everything encrypted. */
final class HazelcastSessionLogTest {

  @Nested
  final class OfTwoMembers extends Contract {

    private static TestCluster cluster;
    private static TestCluster.Member member;

    @BeforeAll
    static void start() {
      cluster = new TestCluster(null);
      member = cluster.join("a", Role.SERVER);
      cluster.join("b", Role.SERVER);
    }

    @AfterAll
    static void end() {
      cluster.close();
    }

    OfTwoMembers() {
      super(cluster, member);
    }
  }

  @Nested
  final class OfThreeMembersWithAKey extends Contract {

    private static TestCluster cluster;
    private static TestCluster.Member member;

    @BeforeAll
    static void start() {
      cluster = new TestCluster(new byte[] {1, 2, 3});
      member = cluster.join("a", Role.SERVER);
      cluster.join("b", Role.SERVER);
      cluster.join("c", Role.SERVER);
    }

    @AfterAll
    static void end() {
      cluster.close();
    }

    OfThreeMembersWithAKey() {
      super(cluster, member);
    }
  }

  /** One log for all tests; each leaves it empty. */
  abstract static class Contract extends SessionLogContract {

    private final TestCluster cluster;
    private final TestCluster.Member member;

    Contract(TestCluster cluster, TestCluster.Member member) {
      this.cluster = cluster;
      this.member = member;
    }

    @Override
    protected SessionLog log() {
      return member.log();
    }

    @Override
    protected void pass(Duration time) {
      cluster.pass(time);
    }

    @AfterEach
    void forgetAll() {
      member.log().expire(Duration.ZERO).toCompletableFuture().join();
    }
  }
}

package dev.belay.it.cluster;

import static dev.belay.it.rig.Cluster.awaitReplicating;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.it.attach.EchoServer;
import dev.belay.it.programs.VisitingClient;
import dev.belay.it.rig.AgentMetrics;
import dev.belay.it.rig.Cluster;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.OneJdk;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import dev.belay.it.rig.SupportGroup;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Sessions come and go: what is left of them at client, server and holder is nothing. */
@ExtendWith(RigExtension.class)
@Timeout(180)
class LeakTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int VISITS = 1_000;
  private static final int ROUNDS = 3;

  /** A session that is left behind anywhere takes more, in each round; what grows once does not. */
  private static final long LEFT_BYTES = 100;

  @OneJdk
  void shouldKeepNothingOfThousandsOfShortSessions(Jdk jdk, Rig rig) {
    SupportGroup group = SupportGroup.of(2);
    Jvm[] servers = servers(rig, jdk, group);
    Jvm client = client(rig, jdk, group);
    AgentMetrics[] metrics = new AgentMetrics[3];
    visit(client, 1);
    for (int i = 0; i < 2; i++) {
      metrics[i] = rig.closing(AgentMetrics.of(servers[i]));
    }
    metrics[2] = rig.closing(AgentMetrics.of(client));
    long[] grown = new long[metrics.length];
    Arrays.fill(grown, Long.MAX_VALUE);

    long[] before = heapsAtRest(metrics);
    for (int round = 1; round <= ROUNDS; round++) {
      visit(client, 1 + round);
      long[] after = heapsAtRest(metrics);
      for (int i = 0; i < metrics.length; i++) {
        grown[i] = Math.min(grown[i], after[i] - before[i]);
      }
      before = after;
    }

    System.out.println("jdk=" + jdk + " heaps grown by at least " + Arrays.toString(grown));
    assertThat(metrics[0].number("SessionsOpened")).isEqualTo((1 + ROUNDS) * VISITS);
    for (long bytes : grown) {
      assertThat(bytes / VISITS).isLessThan(LEFT_BYTES);
    }
  }

  /** The window and its grace are 31 s. */
  @OneJdk
  void shouldForgetSessionsWhoseClientWasKilled(Jdk jdk, Rig rig) {
    assumeTrue(Boolean.getBoolean("belay.it.long"), "a long test: -Dbelay.it.long=true");
    SupportGroup group = SupportGroup.of(2);
    Jvm[] servers = servers(rig, jdk, group);
    Jvm client = client(rig, jdk, group);
    AgentMetrics server = rig.closing(AgentMetrics.of(servers[0]));
    AgentMetrics holder = rig.closing(AgentMetrics.of(servers[1]));
    client.say("stay 100");
    await().atMost(PATIENCE).until(() -> holder.number("HeldSessions") == 100);

    client.kill9();

    await().atMost(PATIENCE).until(() -> server.number("Sessions") == 0);
    assertThat(holder.number("HeldSessions")).isEqualTo(100);
    await().atMost(PATIENCE).until(() -> holder.number("HeldSessions") == 0);
    assertThat(holder.number("HeldBytes")).isZero();
  }

  private static Jvm[] servers(Rig rig, Jdk jdk, SupportGroup group) {
    Cluster cluster = new Cluster(2);
    Jvm[] servers = new Jvm[2];
    for (int i = 0; i < servers.length; i++) {
      servers[i] =
          rig.jvm("server " + i, jdk)
              .agent(cluster.server(group.member(i), i, "resume-window=1s"))
              .jvmOptions("-Xmx64m")
              .main(EchoServer.class, String.valueOf(group.member(i).port()));
    }
    awaitReplicating(servers);
    return servers;
  }

  private static Jvm client(Rig rig, Jdk jdk, SupportGroup group) {
    return rig.jvm("client", jdk)
        .agent(group.clientSettings())
        .jvmOptions("-Xmx64m")
        .main(VisitingClient.class, "port=" + group.member(0).port());
  }

  private static void visit(Jvm client, int round) {
    client.say("visit " + VISITS);
    client.transcript().awaitLines("^visited", round, PATIENCE);
  }

  private static long[] heapsAtRest(AgentMetrics[] metrics) {
    long[] heaps = new long[metrics.length];
    for (int i = 0; i < metrics.length; i++) {
      AgentMetrics each = metrics[i];
      await()
          .atMost(PATIENCE)
          .until(() -> each.number("Sessions") == 0 && each.number("HeldSessions") == 0);
      heaps[i] = each.heapBytes();
    }
    return heaps;
  }
}

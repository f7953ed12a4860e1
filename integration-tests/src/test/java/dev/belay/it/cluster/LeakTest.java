package dev.belay.it.cluster;

import static dev.belay.it.rig.Cluster.awaitReplicating;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.it.attach.EchoServer;
import dev.belay.it.programs.VisitingClient;
import dev.belay.it.rig.Cluster;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.OneJdk;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import dev.belay.it.rig.SupportGroup;
import dev.belay.it.samples.AgentMetrics;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Sessions come and go: what is left of them at client, server and holder is nothing. */
@ExtendWith(RigExtension.class)
@Timeout(180)
class LeakTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int WARM_UP = 1_000;
  private static final int VISITS = 2_000;

  /** A session that is left behind anywhere takes more. */
  private static final long LEFT_BYTES = 100;

  @OneJdk
  void shouldKeepNothingOfThousandsOfShortSessions(Jdk jdk, Rig rig) {
    SupportGroup group = SupportGroup.of(2);
    Jvm[] servers = servers(rig, jdk, group);
    Jvm client = client(rig, jdk, group);
    AgentMetrics[] metrics = new AgentMetrics[3];
    visit(client, WARM_UP);
    for (int i = 0; i < 2; i++) {
      metrics[i] = rig.closing(AgentMetrics.of(servers[i]));
    }
    metrics[2] = rig.closing(AgentMetrics.of(client));
    long[] before = heapsAtRest(metrics);

    visit(client, VISITS);
    client.transcript().awaitLines("^visited", 2, PATIENCE);

    long[] after = heapsAtRest(metrics);
    assertThat(metrics[0].number("SessionsOpened")).isEqualTo(WARM_UP + VISITS);
    for (int i = 0; i < metrics.length; i++) {
      System.out.println("jdk=" + jdk + " heap of " + i + ": " + before[i] + " then " + after[i]);
      assertThat((after[i] - before[i]) / VISITS).isLessThan(LEFT_BYTES);
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

  private static void visit(Jvm client, int count) {
    client.say("visit " + count);
    client.awaitLine("^visited " + count + "$", PATIENCE);
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

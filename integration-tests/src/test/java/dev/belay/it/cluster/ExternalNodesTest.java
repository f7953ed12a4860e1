package dev.belay.it.cluster;

import static dev.belay.it.rig.Cluster.awaitReplicating;
import static dev.belay.it.rig.Cluster.with;
import static dev.belay.it.rig.LedgerStory.assertSameStreams;
import static dev.belay.it.rig.LedgerStory.awaitMore;
import static dev.belay.it.rig.LedgerStory.finish;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.it.programs.ClientKind;
import dev.belay.it.programs.OnceServer;
import dev.belay.it.programs.ServerKind;
import dev.belay.it.rig.Cluster;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.Launch;
import dev.belay.it.rig.LedgerStory;
import dev.belay.it.rig.OneJdk;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import dev.belay.it.rig.SupportGroup;
import dev.belay.it.rig.Transcript;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Data nodes that hold the logs of servers without data; and members that end with their JVM. */
@ExtendWith(RigExtension.class)
@Timeout(180)
class ExternalNodesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @OneJdk
  void shouldKeepLogsOnNodes(Jdk jdk, Rig rig) {
    LedgerStory story = new LedgerStory(rig, jdk);
    SupportGroup group = SupportGroup.of(2);
    Cluster cluster = new Cluster(4);
    Jvm first = node(rig, jdk, cluster, 0);
    Jvm second = node(rig, jdk, cluster, 1);
    first.awaitLine("^belay node: replicating", PATIENCE);
    second.awaitLine("^belay node: replicating", PATIENCE);
    Jvm a = server(story, "A", group, cluster, 0);
    Jvm b = server(story, "B", group, cluster, 1);
    awaitReplicating(a, b);
    Jvm client =
        story.client(
            ClientKind.BLOCKING,
            group,
            with(group.clientSettings(), "log.limit=256k"),
            "until=told",
            "connections=4",
            "window=40",
            "requests=400",
            "maxReply=2048",
            "pause=1",
            "limit=170");
    awaitMore(client, 8000);

    a.kill9();
    awaitMore(client, 400);
    finish(client);

    assertSameStreams(client, b);
    b.awaitLine(" belay .*replay begins.* logged=[1-9]\\d+");
    for (Jvm each : List.of(first, second, a, b)) {
      assertThat(each.transcript().lines(Transcript.Source.ERR))
          .noneMatch(line -> line.contains("Unsafe")); // as JDK 24 and newer warn of it
    }
  }

  @OneJdk
  void shouldEndWithTheApplication(Jdk jdk, Rig rig) throws Exception {
    SupportGroup group = SupportGroup.of(2);
    Cluster cluster = new Cluster(2);
    Jvm[] servers = new Jvm[2];
    for (int i = 0; i < servers.length; i++) {
      servers[i] =
          rig.jvm("server " + i, jdk)
              .agent(cluster.server(group.member(i), i))
              .main(OnceServer.class, "port=" + group.member(i).port());
    }
    awaitReplicating(servers);

    for (int i = 0; i < servers.length; i++) {
      try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), group.member(i).port())) {
        plain.getOutputStream().write("once".getBytes(StandardCharsets.US_ASCII));
        plain.shutdownOutput();
        assertThat(plain.getInputStream().readAllBytes()).asString().isEqualTo("once");
      }
      assertThat(servers[i].awaitExit()).isZero();
    }
  }

  private static Jvm node(Rig rig, Jdk jdk, Cluster cluster, int index) {
    List<String> arguments = new ArrayList<>(List.of("node"));
    cluster.member(index).forEach((key, value) -> arguments.add("belay." + key + "=" + value));
    return rig.jvm("node " + index, jdk).jar(Launch.agentJar(), arguments.toArray(String[]::new));
  }

  private static Jvm server(
      LedgerStory story, String name, SupportGroup group, Cluster cluster, int index) {
    return story.server(
        name,
        group.member(index).port(),
        ServerKind.BLOCKING,
        cluster.server(group.member(index), 2 + index, "cluster.mode=external"));
  }
}

package dev.belay.it.cluster;

import static dev.belay.it.rig.Cluster.awaitReplicating;
import static dev.belay.it.rig.Cluster.with;
import static dev.belay.it.rig.ClusterStory.assertNoneLost;
import static dev.belay.it.rig.LedgerStory.assertSameStreams;
import static dev.belay.it.rig.LedgerStory.awaitMore;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belay.it.programs.ClientKind;
import dev.belay.it.programs.ServerKind;
import dev.belay.it.rig.ClusterStory;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.LedgerStory;
import dev.belay.it.rig.Member;
import dev.belay.it.rig.OneJdk;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import dev.belay.it.rig.SupportGroup;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code belay.on-limit=block}: a client that is ahead of the cluster waits for it. */
@ExtendWith(RigExtension.class)
@Timeout(180)
class BlockedClientTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration STILL = Duration.ofMillis(1500);

  /** Little enough for the holder to have room for all of it, however long the story takes. */
  private static final String[] LOAD = {
    "until=told",
    "connections=4",
    "window=40",
    "requests=400",
    "maxRequest=1024",
    "maxReply=512",
    "limit=170",
    "pause=5"
  };

  @OneJdk
  void shouldWaitAsLongAsTheHolderIsStopped(Jdk jdk, Rig rig) {
    ClusterStory story = new ClusterStory(rig, jdk, 2);
    Jvm[] servers = story.servers(ServerKind.BLOCKING);
    Map<String, String> settings =
        with(story.clientSettings(), "cluster.mode=embedded", "on-limit=block", "log.limit=32k");
    List<Jvm> clients =
        Stream.of(ClientKind.values())
            .filter(kind -> kind != ClientKind.TLS) // its server is of that kind, too
            .filter(kind -> kind != ClientKind.VIRTUAL || jdk.hasVirtualThreads())
            .map(kind -> story.client(kind, settings, LOAD))
            .toList();
    clients.forEach(client -> awaitMore(client, 500));

    servers[1].stop();
    clients.forEach(BlockedClientTest::awaitStandstill);
    servers[1].cont();
    clients.forEach(client -> awaitMore(client, 500));
    servers[0].kill9();
    awaitReplicating(story.server(0, ServerKind.BLOCKING)); // alone the backup would hold them up
    clients.forEach(client -> awaitMore(client, 400));
    clients.forEach(LedgerStory::finish);

    for (Jvm client : clients) {
      assertSameStreams(client, servers[1]);
      assertNoneLost(client);
      assertThat(client.agentLog()).noneMatch(line -> line.contains("demoted"));
    }
  }

  @OneJdk
  void shouldGoOnUnprotectedWhereNobodyEverHoldsTheLog(Jdk jdk, Rig rig) {
    LedgerStory story = new LedgerStory(rig, jdk);
    SupportGroup group = SupportGroup.of(1);
    Member only = group.member(0);
    Jvm server = story.server("A", only, ServerKind.BLOCKING);
    Map<String, String> settings =
        with(
            group.clientSettings(),
            "cluster.mode=embedded",
            "on-limit=block",
            "log.limit=32k",
            "resume-window=2s");
    Jvm client =
        story.client(ClientKind.BLOCKING, group, settings, "connections=2", "requests=1000");

    LedgerStory.awaitOk(client);

    assertSameStreams(client, server);
    assertThat(client.awaitLog(2, "demoted"))
        .hasSize(2)
        .allMatch(line -> line.contains("nobody held more of the log in time"));
    assertThat(LedgerStory.stallMs(client)).isGreaterThan(1000);
  }

  private static void awaitStandstill(Jvm client) {
    String[] last = {""};
    await()
        .atMost(PATIENCE)
        .during(STILL)
        .until(
            () -> {
              List<MatchResult> done = client.transcript().matches("^done (\\d+)");
              String now = done.get(done.size() - 1).group(1);
              boolean isStill = now.equals(last[0]);
              last[0] = now;
              return isStill;
            });
  }
}

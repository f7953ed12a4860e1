package dev.belay.it.cluster;

import static dev.belay.it.rig.Cluster.awaitReplicating;
import static dev.belay.it.rig.Cluster.with;
import static dev.belay.it.rig.LedgerStory.assertSameStreams;
import static dev.belay.it.rig.LedgerStory.awaitMore;
import static dev.belay.it.rig.LedgerStory.finish;
import static dev.belay.it.rig.LedgerStory.handlers;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.it.programs.ClientKind;
import dev.belay.it.programs.ServerKind;
import dev.belay.it.rig.Cluster;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.LedgerStory;
import dev.belay.it.rig.OneJdk;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import dev.belay.it.rig.SupportGroup;
import java.time.Duration;
import java.util.regex.MatchResult;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A client that keeps little of what it sends survives its server all the same: the others have it.
 */
@ExtendWith(RigExtension.class)
@Timeout(180)
class ReplicatedLogTest {
  private static final int A = 0;
  private static final int B = 1;
  private static final int C = 2;
  private static final int CONNECTIONS = 4;
  private static final String LITTLE = "log.limit=256k";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String[] LOAD = {
    "until=told",
    "connections=" + CONNECTIONS,
    "window=40",
    "requests=400",
    "maxReply=2048",
    "limit=170",
    "pause=1"
  };

  /** Requests after which each connection's input is far beyond what the client may keep. */
  private static final int BEYOND = 8_000;

  @OneJdk
  void shouldTakeOverWhatTheClientNoLongerHas(Jdk jdk, Rig rig) {
    LedgerStory story = new LedgerStory(rig, jdk);
    SupportGroup group = SupportGroup.of(2);
    Cluster cluster = new Cluster(2);
    Jvm a = start(story, "A", group, cluster, A, ServerKind.BLOCKING);
    Jvm b = start(story, "B", group, cluster, B, ServerKind.BLOCKING);
    awaitReplicating(a, b);
    Jvm client =
        story.client(ClientKind.BLOCKING, group, with(group.clientSettings(), LITTLE), LOAD);

    awaitMore(client, BEYOND);
    a.kill9();
    awaitMore(client, 400);
    finish(client);

    assertSameStreams(client, b);
    assertThat(handlers(b)).isEqualTo(CONNECTIONS);
    assertThat(logged(b)).isGreaterThan(256 << 10);
    assertNoneLost(client);
  }

  @OneJdk
  void shouldLearnTheOtherServersAndTurnToOneThatCameLater(Jdk jdk, Rig rig) {
    LedgerStory story = new LedgerStory(rig, jdk);
    SupportGroup group = SupportGroup.of(2);
    Cluster cluster = new Cluster(2);
    Jvm a = start(story, "A", group, cluster, A, ServerKind.SELECTOR);
    SupportGroup known = new SupportGroup(group.members().subList(0, 1));
    Jvm client =
        story.client(ClientKind.BLOCKING, known, with(known.clientSettings(), LITTLE), LOAD);
    awaitMore(client, 400);

    Jvm b = start(story, "B", group, cluster, B, ServerKind.SELECTOR);
    awaitReplicating(a, b);
    client.awaitLine("support group: .*" + group.member(B).target(), PATIENCE);
    awaitMore(client, BEYOND);
    a.kill9();
    awaitMore(client, 400);
    finish(client);

    assertSameStreams(client, b);
    assertNoneLost(client);
  }

  @OneJdk
  void shouldShipAgainWhatAHolderTookWithIt(Jdk jdk, Rig rig) {
    LedgerStory story = new LedgerStory(rig, jdk);
    SupportGroup group = SupportGroup.of(3);
    Cluster cluster = new Cluster(3);
    Jvm a = start(story, "A", group, cluster, A, ServerKind.BLOCKING);
    Jvm b = start(story, "B", group, cluster, B, ServerKind.BLOCKING);
    Jvm c = start(story, "C", group, cluster, C, ServerKind.BLOCKING);
    awaitReplicating(a, b, c);
    Jvm client =
        story.client(ClientKind.BLOCKING, group, with(group.clientSettings(), LITTLE), LOAD);
    awaitMore(client, BEYOND);

    b.kill9();
    awaitMore(client, BEYOND); // without a second look: no application waits for a holder
    awaitDurable(client);
    a.kill9();
    awaitMore(client, 400);
    finish(client);

    assertSameStreams(client, c);
    assertThat(handlers(c)).isEqualTo(CONNECTIONS);
    assertNoneLost(client);
  }

  @OneJdk
  void shouldFenceAServerThatWasOnlyStopped(Jdk jdk, Rig rig) {
    LedgerStory story = new LedgerStory(rig, jdk);
    SupportGroup group = SupportGroup.of(2);
    Cluster cluster = new Cluster(2);
    Jvm a = start(story, "A", group, cluster, A, ServerKind.BLOCKING);
    Jvm b = start(story, "B", group, cluster, B, ServerKind.BLOCKING);
    awaitReplicating(a, b);
    Jvm client =
        story.client(ClientKind.BLOCKING, group, with(group.clientSettings(), LITTLE), LOAD);
    awaitMore(client, BEYOND);

    a.stop();
    awaitMore(client, 400);
    assertThat(handlers(b)).isEqualTo(CONNECTIONS);
    a.cont();
    a.transcript().awaitLines("^ENDED .* cause=(?!eof)", CONNECTIONS, PATIENCE);
    awaitMore(client, 400);
    finish(client);

    assertSameStreams(client, b);
    assertNoneLost(client);
  }

  @OneJdk
  void shouldSurviveARollingRestartByKills(Jdk jdk, Rig rig) {
    LedgerStory story = new LedgerStory(rig, jdk);
    SupportGroup group = SupportGroup.of(3);
    Cluster cluster = new Cluster(3);
    Jvm[] servers = new Jvm[3];
    for (int i = 0; i < servers.length; i++) {
      servers[i] = start(story, "server " + i, group, cluster, i, ServerKind.SELECTOR);
    }
    awaitReplicating(servers);
    Jvm client =
        story.client(ClientKind.BLOCKING, group, with(group.clientSettings(), LITTLE), LOAD);
    awaitMore(client, BEYOND);

    for (int i = 0; i < servers.length; i++) {
      servers[i].kill9();
      awaitMore(client, 400);
      servers[i] = start(story, "server " + i + " again", group, cluster, i, ServerKind.SELECTOR);
      awaitReplicating(servers[i]);
      awaitDurable(client);
    }
    finish(client);

    assertNoneLost(client);
  }

  @OneJdk
  void shouldMoveAThousandSessionsAtOnce(Jdk jdk, Rig rig) {
    LedgerStory story = new LedgerStory(rig, jdk);
    SupportGroup group = SupportGroup.of(2);
    Cluster cluster = new Cluster(2);
    Jvm a = start(story, "A", group, cluster, A, ServerKind.SELECTOR);
    Jvm b = start(story, "B", group, cluster, B, ServerKind.SELECTOR);
    awaitReplicating(a, b);
    Jvm client =
        story.client(
            ClientKind.SELECTOR,
            group,
            with(group.clientSettings(), "log.limit=4k"),
            "until=told",
            "connections=1000",
            "window=2",
            "requests=10",
            "maxReply=256",
            "limit=170");
    awaitMore(client, 20_000);

    a.kill9();
    awaitMore(client, 10_000);
    finish(client);

    assertSameStreams(client, b);
    assertNoneLost(client);
  }

  @OneJdk
  void shouldRunWithoutTheClusterItCannotReach(Jdk jdk, Rig rig) {
    LedgerStory story = new LedgerStory(rig, jdk);
    SupportGroup group = SupportGroup.of(2);
    Jvm a = start(story, "A", group, new Cluster(2), A, ServerKind.BLOCKING);
    Jvm b = start(story, "B", group, new Cluster(2), B, ServerKind.BLOCKING);
    Jvm client = story.client(ClientKind.BLOCKING, group, LOAD);
    awaitMore(client, 800);
    a.awaitLine("belay INFO cluster: no other member holds logs", PATIENCE);

    a.kill9();
    awaitMore(client, 400);
    finish(client);

    assertSameStreams(client, b);
    assertNoneLost(client);
  }

  private static Jvm start(
      LedgerStory story, String name, SupportGroup group, Cluster cluster, int i, ServerKind kind) {
    return story.server(name, group.member(i).port(), kind, cluster.server(group.member(i), i));
  }

  /** Bytes that the first replay at a backup took from the cluster. */
  private static long logged(Jvm backup) {
    MatchResult line = backup.awaitLine("replay begins: .* logged=(\\d+)");
    return Long.parseLong(line.group(1));
  }

  /** Gives the servers the time to ship, which takes no more than some beats. */
  private static void awaitDurable(Jvm client) {
    for (int i = 0; i < 5; i++) {
      awaitMore(client, 1000);
    }
  }

  private static void assertNoneLost(Jvm client) {
    assertThat(client.agentLog()).noneMatch(line -> line.contains("session lost"));
  }
}

package dev.belay.it.cluster;

import static dev.belay.it.rig.Cluster.awaitReplicating;
import static dev.belay.it.rig.Cluster.with;
import static dev.belay.it.rig.ClusterStory.BEYOND;
import static dev.belay.it.rig.ClusterStory.KEPT_BYTES;
import static dev.belay.it.rig.ClusterStory.assertNoneLost;
import static dev.belay.it.rig.ClusterStory.awaitDurable;
import static dev.belay.it.rig.LedgerStory.assertSameStreams;
import static dev.belay.it.rig.LedgerStory.awaitMore;
import static dev.belay.it.rig.LedgerStory.finish;
import static dev.belay.it.rig.LedgerStory.handlers;
import static dev.belay.it.rig.Moves.assertMoved;
import static dev.belay.it.rig.Moves.drain;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.it.programs.ClientKind;
import dev.belay.it.programs.ServerKind;
import dev.belay.it.rig.ClusterStory;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.Moves.Move;
import dev.belay.it.rig.OneJdk;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
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
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** It takes over what the client no longer has, and was sent before it came. */
  @OneJdk
  void shouldLearnTheOtherServersAndTurnToOneThatCameLater(Jdk jdk, Rig rig) {
    ClusterStory story = new ClusterStory(rig, jdk, 2);
    Jvm a = story.server(A, ServerKind.SELECTOR);
    String known = "connect=" + story.group().member(A).target();
    Jvm client = story.client(ClientKind.BLOCKING, with(story.clientSettings(), known));
    awaitMore(client, 400);

    Jvm b = story.server(B, ServerKind.SELECTOR);
    awaitReplicating(a, b);
    client.awaitLine("support group: .*" + story.group().member(B).target(), PATIENCE);
    awaitMore(client, BEYOND);
    awaitDurable(a);
    a.kill9();
    awaitMore(client, 400);
    finish(client);

    assertSameStreams(client, b);
    assertThat(handlers(b)).isEqualTo(CONNECTIONS);
    assertThat(logged(b)).isGreaterThan(KEPT_BYTES);
    assertNoneLost(client);
  }

  @OneJdk
  void shouldShipAgainWhatAHolderTookWithIt(Jdk jdk, Rig rig) {
    ClusterStory story = new ClusterStory(rig, jdk, 3);
    Jvm[] servers = story.servers(ServerKind.BLOCKING);
    Jvm client = story.client(ClientKind.BLOCKING);
    awaitMore(client, BEYOND);

    servers[B].kill9();
    awaitMore(client, BEYOND); // without a second look: no application waits for a holder
    awaitDurable(servers[A]);
    servers[A].kill9();
    awaitMore(client, 400);
    finish(client);

    assertSameStreams(client, servers[C]);
    assertThat(handlers(servers[C])).isEqualTo(CONNECTIONS);
    assertNoneLost(client);
  }

  @OneJdk
  void shouldFenceAServerThatWasOnlyStopped(Jdk jdk, Rig rig) {
    ClusterStory story = new ClusterStory(rig, jdk, 2);
    Jvm[] servers = story.servers(ServerKind.BLOCKING);
    Jvm client = story.client(ClientKind.BLOCKING);
    awaitMore(client, BEYOND);

    servers[A].stop();
    awaitMore(client, 400);
    assertThat(handlers(servers[B])).isEqualTo(CONNECTIONS);
    servers[A].cont();
    servers[A].transcript().awaitLines("^ENDED .* cause=(?!eof)", CONNECTIONS, PATIENCE);
    awaitMore(client, 400);
    finish(client);

    assertSameStreams(client, servers[B]);
    assertNoneLost(client);
  }

  @OneJdk
  void shouldSurviveARollingRestartByKills(Jdk jdk, Rig rig) {
    ClusterStory story = new ClusterStory(rig, jdk, 3);
    Jvm[] servers = story.servers(ServerKind.SELECTOR);
    Jvm client = story.client(ClientKind.BLOCKING);
    awaitMore(client, BEYOND);

    for (int i = 0; i < servers.length; i++) {
      servers[i].kill9();
      awaitMore(client, 400);
      servers[i] = story.server(i, ServerKind.SELECTOR);
      awaitReplicating(servers[i]);
      for (Jvm server : servers) {
        awaitDurable(server);
      }
    }
    finish(client);

    assertNoneLost(client);
  }

  @OneJdk
  void shouldMoveAThousandSessionsAtOnce(Jdk jdk, Rig rig) {
    ClusterStory story = new ClusterStory(rig, jdk, 2);
    Jvm[] servers = story.servers(ServerKind.SELECTOR);
    Jvm client =
        story.client(
            ClientKind.SELECTOR,
            with(story.clientSettings(), "log.limit=4k"),
            "until=told",
            "connections=1000",
            "window=2",
            "requests=10",
            "maxReply=256",
            "limit=170");
    awaitMore(client, 20_000);

    servers[A].kill9();
    awaitMore(client, 10_000);
    finish(client);

    assertSameStreams(client, servers[B]);
    assertNoneLost(client);
  }

  /** The one that joins is told to the client, and takes over its share. */
  @OneJdk
  void shouldTakeInAServerThatJoinsWhileFiveHundredSessionsRun(Jdk jdk, Rig rig) {
    ClusterStory story = new ClusterStory(rig, jdk, 3);
    Jvm a = story.server(A, ServerKind.SELECTOR);
    Jvm b = story.server(B, ServerKind.SELECTOR);
    awaitReplicating(a, b);
    String known = story.group().member(A).target() + "|" + story.group().member(B).target();
    Jvm client =
        story.client(
            ClientKind.SELECTOR,
            with(story.clientSettings(), "log.limit=4k", "connect=" + known),
            "until=told",
            "connections=500",
            "window=2",
            "requests=10",
            "maxReply=256",
            "limit=170");
    awaitMore(client, 10_000);

    Jvm c = story.server(C, ServerKind.SELECTOR);
    awaitReplicating(c);
    client.awaitLine("support group: .*" + story.group().member(C).target(), PATIENCE);
    awaitDurable(a); // its holder may have been silent while the third one started
    a.kill9();
    awaitMore(client, 5_000);
    finish(client);

    assertThat(handlers(b) + handlers(c)).isEqualTo(500);
    assertThat(handlers(c)).isPositive();
    assertNoneLost(client);
  }

  @OneJdk
  void shouldRunWithoutTheClusterItCannotReach(Jdk jdk, Rig rig) {
    ClusterStory story = new ClusterStory(rig, jdk, 2);
    Jvm a = story.server(A, ServerKind.BLOCKING, "cluster.members=127.0.0.1:1");
    Jvm b = story.server(B, ServerKind.BLOCKING, "cluster.members=127.0.0.1:1");
    Jvm client = story.client(ClientKind.BLOCKING, story.group().clientSettings());
    awaitMore(client, 800);
    a.awaitLine("belay INFO cluster: no other member holds logs", PATIENCE);

    a.kill9();
    awaitMore(client, 400);
    finish(client);

    assertSameStreams(client, b);
    assertNoneLost(client);
  }

  @OneJdk
  void shouldSayWhenNobodyHoldsTheLogsAndShipThemToWhoComesBack(Jdk jdk, Rig rig) {
    ClusterStory story = new ClusterStory(rig, jdk, 2);
    Jvm[] servers = story.servers(ServerKind.BLOCKING);
    Jvm client = story.client(ClientKind.BLOCKING);
    awaitMore(client, BEYOND);

    servers[B].kill9();
    servers[A].awaitLine("belay WARN cluster: no other member holds logs", PATIENCE);
    awaitMore(client, 400);
    servers[B] = story.server(B, ServerKind.BLOCKING);
    awaitReplicating(servers[B]);
    servers[A].transcript().awaitLines("belay INFO cluster: logs are held", 2, PATIENCE);
    awaitDurable(servers[A]);
    servers[A].kill9();
    awaitMore(client, 400);
    finish(client);

    assertSameStreams(client, servers[B]);
    assertNoneLost(client);
  }

  /** What the client no longer has, the one that is to serve next has or asks for. */
  @OneJdk
  void shouldEmptyADrainedServer(Jdk jdk, Rig rig) {
    ClusterStory story = new ClusterStory(rig, jdk, 2);
    Jvm[] servers = story.servers(ServerKind.BLOCKING);
    Jvm client = story.client(ClientKind.BLOCKING);
    awaitMore(client, BEYOND);

    Jvm drain = drain(rig, jdk, servers[A]);
    int status = drain.awaitExit();
    awaitMore(client, 400);
    finish(client);

    assertThat(status).isZero();
    assertSameStreams(client, servers[B]);
    for (Move move : assertMoved(client, CONNECTIONS)) {
      System.out.println("jdk=" + jdk + " " + move);
      assertThat(move.replayedBytes()).isGreaterThan(KEPT_BYTES);
      assertThat(move.pauseMs()).isLessThan(2000); // a loaded machine's bound
    }
  }

  /** Bytes that the first replay at a backup took from the cluster. */
  private static long logged(Jvm backup) {
    MatchResult line = backup.awaitLine("replay begins: .* logged=(\\d+)");
    return Long.parseLong(line.group(1));
  }
}

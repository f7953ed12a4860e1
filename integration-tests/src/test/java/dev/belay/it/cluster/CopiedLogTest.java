package dev.belay.it.cluster;

import static dev.belay.it.rig.ClusterStory.BEYOND;
import static dev.belay.it.rig.ClusterStory.assertNoneLost;
import static dev.belay.it.rig.LedgerStory.assertSameStreams;
import static dev.belay.it.rig.LedgerStory.awaitMore;
import static dev.belay.it.rig.LedgerStory.finish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.it.programs.ClientKind;
import dev.belay.it.programs.ServerKind;
import dev.belay.it.rig.AgentMetrics;
import dev.belay.it.rig.ClusterStory;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.OneJdk;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A log has a second copy before it has been replayed. With three members it takes 10 s: it runs
 * with {@code -Dbelay.it.long=true}.
 */
@ExtendWith(RigExtension.class)
@Timeout(180)
class CopiedLogTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String BEGINS = "belay INFO replay begins: .* logged=(\\d+)";

  @OneJdk
  void shouldOutliveTheHolderThatIsOnlyBeginningToReplay(Jdk jdk, Rig rig) throws Exception {
    assumeTrue(Boolean.getBoolean("belay.it.long"), "a long test: -Dbelay.it.long=true");
    ClusterStory story = new ClusterStory(rig, jdk, 3);
    Jvm[] servers = story.servers(ServerKind.BLOCKING);
    Jvm client =
        story.client(
            ClientKind.BLOCKING,
            story.clientSettings(),
            "until=told",
            "connections=1",
            "window=40",
            "requests=400",
            "maxRequest=4096",
            "maxReply=2048",
            "limit=170",
            "pause=1");
    awaitMore(client, BEYOND);
    for (Jvm backup : List.of(servers[1], servers[2])) {
      backup.say("hold");
      backup.awaitLine("^HOLDING");
    }
    ClusterStory.awaitDurable(servers[0]);

    servers[0].kill9();
    Jvm replaying = whoReplays(servers[1], servers[2]);
    Jvm last = replaying == servers[1] ? servers[2] : servers[1];
    long logged = Long.parseLong(replaying.awaitLine(BEGINS).group(1));
    assertThat(logged).isPositive();
    try (AgentMetrics holder = AgentMetrics.of(last)) {
      await().atMost(PATIENCE).until(() -> holder.number("HeldBytes") >= logged);
    }
    assertThat(replaying.transcript().matches("belay INFO takeover here")).isEmpty();
    replaying.kill9();
    last.say("go");
    awaitMore(client, 400);
    finish(client);

    assertSameStreams(client, last);
    assertNoneLost(client);
  }

  private static Jvm whoReplays(Jvm one, Jvm other) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                !one.transcript().matches(BEGINS).isEmpty()
                    || !other.transcript().matches(BEGINS).isEmpty());
    return one.transcript().matches(BEGINS).isEmpty() ? other : one;
  }
}

package dev.belay.it.cluster;

import static dev.belay.it.rig.ClusterStory.BEYOND;
import static dev.belay.it.rig.ClusterStory.assertNoneLost;
import static dev.belay.it.rig.ClusterStory.awaitDurable;
import static dev.belay.it.rig.LedgerStory.assertSameStreams;
import static dev.belay.it.rig.LedgerStory.awaitMore;
import static dev.belay.it.rig.LedgerStory.finish;
import static dev.belay.it.rig.LedgerStory.stallMs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.it.programs.ServerKind;
import dev.belay.it.rig.ClusterStory;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.OneJdk;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The only holder does not answer, longer than a cluster has patience with a member. Such stories
 * take most of a minute: they run with {@code -Dbelay.it.long=true}.
 */
@ExtendWith(RigExtension.class)
@Timeout(180)
class LostClusterTest {
  private static final int A = 0;
  private static final int B = 1;

  /** Who waits for a member that is stopped waits at least until it is given up. */
  private static final int GIVEN_UP_MS = 3000;

  /** The cluster misses a stopped member after 15 s, and takes it in again within 10 more. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @OneJdk
  void shouldNotDisturbApplicationsWhileTheHolderIsStopped(Jdk jdk, Rig rig) {
    assumeTrue(Boolean.getBoolean("belay.it.long"), "a long test: -Dbelay.it.long=true");
    ClusterStory story = new ClusterStory(rig, jdk, 2);
    Jvm[] servers = story.servers(ServerKind.BLOCKING);
    Jvm client = story.slowClient();
    Jvm witness = story.slowClient();
    awaitMore(client, BEYOND);

    servers[B].stop();
    awaitMore(client, BEYOND);
    servers[A].awaitLine("belay WARN cluster: no other member holds logs", PATIENCE);
    awaitMore(client, BEYOND);
    servers[B].cont();
    servers[A].transcript().awaitLines("belay INFO cluster: logs are held", 2, PATIENCE);
    finish(witness);
    awaitDurable(servers[A]);
    servers[A].kill9();
    awaitMore(client, 400);
    finish(client);

    assertSameStreams(witness, servers[A]);
    assertThat(stallMs(witness)).isLessThan(GIVEN_UP_MS);
    assertSameStreams(client, servers[B]);
    assertNoneLost(client);
  }
}

package dev.belay.it.fault;

import static dev.belay.it.rig.LedgerStory.assertSameStreams;
import static dev.belay.it.rig.LedgerStory.awaitMore;
import static dev.belay.it.rig.LedgerStory.finish;
import static dev.belay.it.rig.LedgerStory.handlers;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.it.programs.ClientKind;
import dev.belay.it.programs.ServerKind;
import dev.belay.it.rig.BrokenWay;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.LedgerStory;
import dev.belay.it.rig.LinkBreaker;
import dev.belay.it.rig.OneJdk;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import dev.belay.it.rig.SupportGroup;
import java.util.function.Consumer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Connections that end while nobody is there to hear of it: the client has sent its last byte and
 * its end, and waits for replies and for the server's end.
 */
@ExtendWith(RigExtension.class)
@Timeout(90)
class LateFaultTest {
  private static final int CONNECTIONS = 4;
  private static final String[] LOAD = {
    "until=told", "connections=" + CONNECTIONS, "window=100", "requests=100", "maxReply=16384"
  };

  @OneJdk
  void shouldEndAtTheBackupWhenTheServerIsKilledBeforeItHearsOfTheEnd(Jdk jdk, Rig rig) {
    loseServer(new LedgerStory(rig, jdk), Jvm::kill9);
  }

  @OneJdk
  void shouldEndAtTheBackupWhenTheServerIsStoppedBeforeItHearsOfTheEnd(Jdk jdk, Rig rig) {
    loseServer(new LedgerStory(rig, jdk), Jvm::stop);
  }

  @OneJdk
  void shouldEndWhenLinksAreSilentBeforeTheServerHearsOfTheEnd(Jdk jdk, Rig rig) {
    BrokenWay way = BrokenWay.of(rig);
    LedgerStory story = new LedgerStory(rig, jdk);
    Jvm server = story.server("A", way.server().port(), ServerKind.SELECTOR, way.serverSettings());
    Jvm client = story.client(ClientKind.BLOCKING, way.group(), LOAD);

    awaitMore(client, 300);
    assertThat(way.door().silence(LinkBreaker.ALL)).isGreaterThan(CONNECTIONS);
    finish(client);

    assertSameStreams(client, server);
    assertThat(handlers(server)).isEqualTo(CONNECTIONS);
  }

  private static void loseServer(LedgerStory story, Consumer<Jvm> fault) {
    SupportGroup group = SupportGroup.of(2);
    Jvm primary = story.server("A", group.member(0), ServerKind.BLOCKING);
    Jvm backup = story.server("B", group.member(1), ServerKind.BLOCKING);
    Jvm client = story.client(ClientKind.BLOCKING, group, LOAD);

    awaitMore(client, 300);
    fault.accept(primary);
    finish(client);

    assertSameStreams(client, backup);
    assertThat(handlers(backup)).isEqualTo(CONNECTIONS);
  }
}

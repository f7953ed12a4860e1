package dev.belay.it.fault;

import static dev.belay.it.rig.LedgerStory.assertSameStreams;
import static dev.belay.it.rig.LedgerStory.awaitMore;
import static dev.belay.it.rig.LedgerStory.finish;

import dev.belay.it.programs.ClientKind;
import dev.belay.it.programs.ListenOnlyServer;
import dev.belay.it.programs.ServerKind;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.LedgerStory;
import dev.belay.it.rig.Member;
import dev.belay.it.rig.OneJdk;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import dev.belay.it.rig.SupportGroup;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * kill -9 of the server, and a backup whose application has stopped accepting: its JVM beats and
 * its door agrees, so that it would have the sessions for ever.
 */
@ExtendWith(RigExtension.class)
@Timeout(90)
class UnacceptedTakeoverTest {
  private static final int A = 0;
  private static final int B = 1;
  private static final int C = 2;

  /** So many that one at least tries the backup first that does not accept. */
  private static final String[] LOAD = {
    "until=told", "connections=16", "window=20", "requests=100", "maxReply=4096"
  };

  @OneJdk
  void shouldGoOnAtTheServerWhoseApplicationAccepts(Jdk jdk, Rig rig) {
    LedgerStory story = new LedgerStory(rig, jdk);
    SupportGroup group = SupportGroup.of(3);
    Jvm primary = story.server("A", group.member(A), ServerKind.BLOCKING);
    Jvm hung = listenOnly(rig, jdk, group.member(B));
    Jvm other = story.server("C", group.member(C), ServerKind.BLOCKING);
    Jvm client = story.client(ClientKind.BLOCKING, group, LOAD);

    primary.transcript().awaitLines("^OPENED ", 16, Jvm.PATIENCE);
    awaitMore(client, 300);
    primary.kill9();
    hung.awaitLine("takeover failed.*the application does not accept: not in time");
    other.transcript().awaitLines("^OPENED ", 16, Jvm.PATIENCE);
    awaitMore(client, 300);
    finish(client);

    assertSameStreams(client, other);
  }

  private static Jvm listenOnly(Rig rig, Jdk jdk, Member member) {
    Map<String, String> settings = member.settings();
    settings.put("suspect", "300ms"); // a tenth of how long it waits for the application
    settings.put("heartbeat", "100ms");
    Jvm server =
        rig.jvm("B", jdk).agent(settings).main(ListenOnlyServer.class, "port=" + member.port());
    server.awaitLine("^READY ");
    return server;
  }
}

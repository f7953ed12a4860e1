package dev.belay.it.fault;

import static dev.belay.it.rig.LedgerStory.awaitMore;
import static dev.belay.it.rig.LedgerStory.handlers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belay.it.programs.ClientKind;
import dev.belay.it.programs.ServerKind;
import dev.belay.it.rig.AgentMetrics;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.LedgerStory;
import dev.belay.it.rig.Member;
import dev.belay.it.rig.OneJdk;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import dev.belay.it.rig.SupportGroup;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A client's process dies: nobody continues its sessions, and its server is told. */
@ExtendWith(RigExtension.class)
@Timeout(90)
class ClientDeathTest {
  private static final int CONNECTIONS = 4;
  private static final String[] LOAD = {
    "until=told", "connections=" + CONNECTIONS, "window=50", "requests=100", "maxReply=16384"
  };

  @OneJdk
  void shouldResetTheHandlersOfAClientThatIsKilled(Jdk jdk, Rig rig) {
    Member at = Member.free();
    Map<String, String> settings = new HashMap<>(at.settings());
    settings.put("resume-window", "2s");
    LedgerStory story = new LedgerStory(rig, jdk);
    Jvm server = story.server("A", at.port(), ServerKind.BLOCKING, settings);
    Jvm client = story.client(ClientKind.BLOCKING, new SupportGroup(List.of(at)), LOAD);
    awaitMore(client, 100);

    client.kill9();

    server.transcript().awaitLines("^ENDED tag=\\S+ .* cause=", CONNECTIONS, Jvm.PATIENCE);
    assertThat(server.transcript().matches("^ENDED .* cause=eof$")).isEmpty();
    assertThat(handlers(server)).isEqualTo(CONNECTIONS);
    AgentMetrics metrics = rig.closing(AgentMetrics.of(server));
    await().atMost(Jvm.PATIENCE).until(() -> metrics.number("Sessions") == 0);
    assertThat(metrics.number("ClientsAbsent")).isEqualTo(CONNECTIONS);
    assertThat(server.awaitLog(CONNECTIONS, "gave up waiting for the client")).hasSize(CONNECTIONS);
  }
}

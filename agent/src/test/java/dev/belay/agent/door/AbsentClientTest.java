package dev.belay.agent.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.wire.Bytes;
import dev.belay.agent.wire.DoorReply;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.SessionId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of the sessions of a client that does not come back. */
@Timeout(60)
final class AbsentClientTest {
  private final Bytes key = Client.newKey();
  private final SessionId session = SessionId.ofKey(key);

  private Client opened(Server server) throws Exception {
    Client client = Client.connected(server);
    assertThat(client.open(session, key).code()).isEqualTo(DoorReply.Code.OPENED);
    awaitSessions(server, "live 0");
    return client;
  }

  private static void awaitSessions(Server server, String... sessions) throws InterruptedException {
    while (!server.sessions().equals(List.of(sessions))) {
      Thread.sleep(5);
    }
  }

  /** Says that it has sent what does not come. */
  private void loseLink(Server server, Client client) throws Exception {
    while (!server.sessions().equals(List.of("parked 0"))) {
      client.send(new Frame.Sent(session, 0, 5));
      Thread.sleep(5);
    }
  }

  /** As of a machine that has vanished: its data links are silent, not lost. */
  @Test
  void shouldGiveUpASessionWhoseClientHasHadNoControlLinkForAResumeWindow() throws Exception {
    Server server = new Server("belay.resume-window=200ms");
    Client client = opened(server);

    client.close();

    awaitSessions(server);
  }

  @Test
  void shouldEndInOrderWhenTheEndIsToldAfterTheLinkIsLost() throws Exception {
    Server server = new Server("belay.suspect=20ms", "belay.heartbeat=10ms");
    try (Client client = opened(server)) {
      loseLink(server, client);

      client.send(new Frame.Fin(session, 0, true, 0));

      awaitSessions(server, "live 0"); // though without a link: the application has its end
    }
  }
}

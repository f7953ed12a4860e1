package dev.belay.agent.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.wire.Bytes;
import dev.belay.agent.wire.DoorReply;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.Handshake;
import dev.belay.replicator.log.SessionId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An application that does not accept: its JVM beats, so nobody else would notice. */
@Timeout(60)
final class UnansweredTakeoverTest {
  private final Bytes key = Client.newKey();
  private final SessionId session = Handshake.sessionOf(key);
  private Server server;

  @BeforeEach
  void listen() throws Exception {
    server = Server.thatDoesNotAccept("belay.suspect=20ms", "belay.heartbeat=10ms");
  }

  @Test
  void shouldSendATakeoverElsewhereThatIsNotAcceptedInTime() throws Exception {
    try (Client client = Client.connected(server)) {
      assertThat(client.takeOver(session, key, 1).code()).isEqualTo(DoorReply.Code.REPLAY);

      assertThat(client.readNews()).isEqualTo(new Frame.LinkLost(session, 1, 0));
      server.awaitSessions();
    }
  }

  @Test
  void shouldLetAnOpenedSessionWaitAsInABacklog() throws Exception {
    try (Client client = Client.connected(server)) {
      Bytes another = Client.newKey();
      assertThat(client.open(session, key).code()).isEqualTo(DoorReply.Code.OPENED);

      client.takeOver(Handshake.sessionOf(another), another, 1);

      server.awaitSessions("ringing 0");
    }
  }

  @Test
  void shouldSendAPreparedTakeoverElsewhereOnlyWhenItsClientWaits() throws Exception {
    try (Client client = Client.connected(server)) {
      Bytes another = Client.newKey();
      assertThat(client.prepare(session, key, 1).code()).isEqualTo(DoorReply.Code.REPLAY);
      client.takeOver(Handshake.sessionOf(another), another, 2);
      server.awaitSessions("ringing 1");

      client.send(new Frame.Switch(session, 1, false, false, 0, 0));

      server.awaitSessions();
    }
  }
}

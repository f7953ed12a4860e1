package dev.belay.agent.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.descriptor.Background;
import dev.belay.agent.wire.Bytes;
import dev.belay.agent.wire.DoorReply;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.Handshake;
import dev.belay.agent.wire.Refusal;
import dev.belay.replicator.log.SessionId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that is to go: its sessions, and those that were to come to it. */
@Timeout(60)
final class DepartureTest {
  private static final Frame MOVE_ALL = new Frame.Move(SessionId.ZERO, "");

  private final Bytes key = Client.newKey();
  private final SessionId session = Handshake.sessionOf(key);

  private static void awaitProgress(Server server, String progress) {
    Server.await(() -> server.drained().equals(progress));
  }

  private static Frame awaitFrame(Client client, Class<? extends Frame> type) throws Exception {
    Frame frame;
    do {
      frame = client.read();
    } while (frame != null && !type.isInstance(frame));
    return frame;
  }

  @Test
  void shouldAskAgainAndAgainAndTakeNoSessions() throws Exception {
    Server server = new Server();
    try (Client client = Client.connected(server)) {
      client.open(session, key);

      server.drain();

      assertThat(awaitFrame(client, Frame.Move.class)).isEqualTo(MOVE_ALL);
      assertThat(awaitFrame(client, Frame.Move.class)).isEqualTo(MOVE_ALL);
      Bytes another = Client.newKey();
      assertThat(refusal(client.open(Handshake.sessionOf(another), another)))
          .isEqualTo(Refusal.SHUTTING_DOWN);
      assertThat(refusal(client.takeOver(Handshake.sessionOf(another), another, 1)))
          .isEqualTo(Refusal.SHUTTING_DOWN);
      awaitProgress(server, "sessions=1 moved=0");
    }
  }

  @Test
  void shouldSayWhyASessionStaysAndThatItHasMoved() throws Exception {
    Server server = new Server();
    try (Client client = Client.connected(server)) {
      client.open(session, key);
      server.drain();
      awaitFrame(client, Frame.Move.class);

      client.send(new Frame.Stays(session, 0, "no other server"));

      awaitProgress(server, "sessions=1 moved=0 staying={no other server=1}");

      client.send(new Frame.Moved(session, 0));

      awaitProgress(server, "sessions=0 moved=1");
    }
  }

  @Test
  void shouldAskAgainWhoHasSaidNoToAnEarlierRequest() throws Exception {
    Server server = new Server();
    try (Client client = Client.connected(server)) {
      client.open(session, key);
      server.drain();
      awaitFrame(client, Frame.Move.class);
      client.send(new Frame.Stays(session, 0, "no other server"));
      awaitProgress(server, "sessions=1 moved=0 staying={no other server=1}");

      Background<List<String>> left = Background.start("leave", server::leave);
      awaitProgress(server, "sessions=1 moved=0");
      assertThat(awaitFrame(client, Frame.Move.class)).isEqualTo(MOVE_ALL);
      client.send(new Frame.Moved(session, 0));

      assertThat(left.result()).isEmpty();
    }
  }

  @Test
  void shouldStillResumeWhatIsThere() throws Exception {
    Server server = new Server();
    try (Client client = Client.connected(server)) {
      client.open(session, key);
      server.awaitSessions("live 0");
      server.drain();
      awaitFrame(client, Frame.Move.class);

      assertThat(client.resume(session, key).code()).isEqualTo(DoorReply.Code.RESUMED);
    }
  }

  @Test
  void shouldSendAwayWhatIsOnlyPrepared() throws Exception {
    Server server = new Server();
    try (Client client = Client.connected(server)) {
      assertThat(client.prepare(session, key, 1).code()).isEqualTo(DoorReply.Code.REPLAY);
      assertThat(awaitFrame(client, Frame.Near.class)).isEqualTo(new Frame.Near(session, 1, 0, 0));

      server.drain();

      Frame.Stays stays = (Frame.Stays) awaitFrame(client, Frame.Stays.class);
      assertThat(stays.epoch()).isEqualTo(1);
      assertThat(stays.reason()).contains("the server is leaving");
      awaitProgress(server, "sessions=0 moved=0");
    }
  }

  private static Refusal refusal(DoorReply reply) {
    assertThat(reply.code()).isEqualTo(DoorReply.Code.REFUSED);
    return Refusal.of(reply.reason());
  }
}

package dev.belay.agent.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.wire.Bytes;
import dev.belay.agent.wire.DoorReply;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.Handshake;
import dev.belay.agent.wire.Refusal;
import dev.belay.replicator.log.SessionId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A takeover that is only prepared: until the switch nothing of it may matter to anybody. */
@Timeout(60)
final class PreparedArrivalTest {
  private final Bytes key = Client.newKey();
  private final SessionId session = Handshake.sessionOf(key);

  private Client prepared(Server server, int epoch) throws Exception {
    Client client = Client.connected(server);
    assertThat(client.prepare(session, key, epoch).code()).isEqualTo(DoorReply.Code.REPLAY);
    assertThat(awaitNear(client)).isEqualTo(new Frame.Near(session, epoch, 0, 0));
    server.awaitSessions("replaying " + epoch);
    return client;
  }

  private static Frame awaitNear(Client client) throws Exception {
    Frame frame;
    do {
      frame = client.read();
    } while (frame != null && !(frame instanceof Frame.Near));
    return frame;
  }

  @Test
  void shouldEndWhenItsClientDoesNotWantIt() throws Exception {
    Server server = new Server();
    try (Client client = prepared(server, 3)) {
      client.send(new Frame.Abort(session, 3, Refusal.STALE_EPOCH.code(), "it is elsewhere"));

      server.awaitSessions();
      assertThat(server.metrics().movedAwayCount()).isZero(); // it never was here
    }
  }

  @Test
  void shouldEndWhenItsClientIsGone() throws Exception {
    Server server = new Server();
    Client client = prepared(server, 3);

    client.close();

    server.awaitSessions();
    assertThat(server.metrics().clientAbsentCount()).isZero();
  }

  @Test
  void shouldGiveWayToTheNextAttempt() throws Exception {
    Server server = new Server();
    try (Client client = prepared(server, 3)) {
      assertThat(Refusal.of(client.prepare(session, key, 3).reason()))
          .isEqualTo(Refusal.STALE_EPOCH);

      assertThat(client.prepare(session, key, 4).code()).isEqualTo(DoorReply.Code.REPLAY);

      server.awaitSessions("replaying 4");
    }
  }

  @Test
  void shouldNotBeResumedBeforeItIsThere() throws Exception {
    Server server = new Server();
    try (Client client = prepared(server, 1)) {
      assertThat(Refusal.of(client.resume(session, key).reason())).isEqualTo(Refusal.STALE_EPOCH);

      server.awaitSessions("replaying 1");
    }
  }

  @Test
  void shouldNotBeDisturbedByWhoHasAnotherKey() throws Exception {
    Server server = new Server();
    try (Client client = prepared(server, 3);
        Client other = Client.connected(server)) {
      assertThat(Refusal.of(other.prepare(session, Client.newKey(), 4).reason()))
          .isEqualTo(Refusal.BAD_PREFACE); // the id is made of the key
      other.send(new Frame.Abort(session, 3, Refusal.STALE_EPOCH.code(), "so they say"));

      assertThat(awaitNear(client)).isNotNull();
      assertThat(server.sessions()).containsExactly("replaying 3");
    }
  }
}

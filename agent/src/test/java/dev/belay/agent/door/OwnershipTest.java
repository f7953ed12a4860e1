package dev.belay.agent.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.wire.Bytes;
import dev.belay.agent.wire.DoorReply;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.Handshake;
import dev.belay.agent.wire.Refusal;
import dev.belay.replicator.log.SessionId;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whose session and whose control link it is: not that of somebody who knows but the ids. */
@Timeout(60)
final class OwnershipTest {
  private static final byte[] SECRET = "correct horse".getBytes(StandardCharsets.US_ASCII);

  private final Bytes key = Client.newKey();
  private final SessionId session = Handshake.sessionOf(key);

  private Client opened(Server server) throws Exception {
    Client owner = Client.connected(server);
    assertThat(owner.open(session, key).code()).isEqualTo(DoorReply.Code.OPENED);
    server.awaitSessions("live 0");
    return owner;
  }

  private static Refusal refusal(DoorReply reply) {
    assertThat(reply.code()).isEqualTo(DoorReply.Code.REFUSED);
    return Refusal.of(reply.reason());
  }

  // ---- sessions ----

  @Test
  void shouldNotLetAStrangerResumeASession() throws Exception {
    Server server = new Server();
    try (Client owner = opened(server);
        Client stranger = Client.connected(server)) {

      DoorReply reply = stranger.resume(session, Client.newKey());

      assertThat(refusal(reply)).isEqualTo(Refusal.BAD_PREFACE);
      assertThat(server.refusals(Refusal.BAD_PREFACE.text())).isEqualTo(1);
      assertThat(server.sessions()).containsExactly("live 0");
      assertThat(owner.resume(session, key).code()).isEqualTo(DoorReply.Code.RESUMED);
    }
  }

  @Test
  void shouldNotLetAStrangerTakeASessionOver() throws Exception {
    Server server = new Server();
    try (Client owner = opened(server);
        Client stranger = Client.connected(server)) {

      DoorReply reply = stranger.takeOver(session, Client.newKey(), 5);

      assertThat(refusal(reply)).isEqualTo(Refusal.BAD_PREFACE);
      assertThat(server.refusals(Refusal.BAD_PREFACE.text())).isEqualTo(1);
      assertThat(server.sessions()).containsExactly("live 0");
      assertThat(owner.resume(session, key).code()).isEqualTo(DoorReply.Code.RESUMED);
    }
  }

  @Test
  void shouldNotLetAStrangerTakeOverASessionThatWasTakenOverHere() throws Exception {
    Server server = new Server();
    try (Client owner = Client.connected(server);
        Client stranger = Client.connected(server)) {
      assertThat(owner.takeOver(session, key, 3).code()).isEqualTo(DoorReply.Code.REPLAY);

      DoorReply reply = stranger.takeOver(session, Client.newKey(), 5);

      assertThat(refusal(reply)).isEqualTo(Refusal.BAD_PREFACE);
      assertThat(owner.takeOver(session, key, 4).code()).isEqualTo(DoorReply.Code.REPLAY);
    }
  }

  @Test
  void shouldNotLetAStrangerOccupyASessionIdAtAServerThatHasNotGotIt() throws Exception {
    Server server = new Server();
    try (Client owner = Client.connected(server);
        Client stranger = Client.connected(server)) {
      assertThat(refusal(stranger.open(session, Client.newKey()))).isEqualTo(Refusal.BAD_PREFACE);
      assertThat(refusal(stranger.takeOver(session, Client.newKey(), 9)))
          .isEqualTo(Refusal.BAD_PREFACE);

      DoorReply reply = owner.takeOver(session, key, 1);

      assertThat(reply.code()).isEqualTo(DoorReply.Code.REPLAY);
    }
  }

  @Test
  void shouldLetTheClientSupersedeItsOwnSession() throws Exception {
    Server server = new Server();
    try (Client owner = opened(server)) {

      DoorReply reply = owner.takeOver(session, key, 1);

      assertThat(reply.code()).isEqualTo(DoorReply.Code.REPLAY);
      assertThat(refusal(owner.resume(session, key))).isEqualTo(Refusal.STALE_EPOCH);
    }
  }

  // ---- control links ----

  @Test
  void shouldNotLetAStrangerReplaceAControlLink() throws Exception {
    Server server = new Server();
    try (Client owner = opened(server);
        Client stranger = Client.posingAs(owner)) {

      stranger.identify();

      assertThat(stranger.read()).isNull();
      assertThat(server.refusals("bad identity")).isEqualTo(1);
      assertThat(refusal(stranger.open(session, key))).isEqualTo(Refusal.UNKNOWN_PAIR);
      assertThat(owner.resume(session, key).code()).isEqualTo(DoorReply.Code.RESUMED);
      owner.send(new Frame.Abort(session, 0, 0, ""));
      server.awaitSessions();
    }
  }

  @Test
  void shouldNotKnowAPairBeforeItsIdentity() throws Exception {
    Server server = new Server();
    try (Client owner = opened(server);
        Client stranger = Client.posingAs(owner)) {

      DoorReply reply = stranger.open(session, key);

      assertThat(refusal(reply)).isEqualTo(Refusal.UNKNOWN_PAIR);
      assertThat(owner.resume(session, key).code()).isEqualTo(DoorReply.Code.RESUMED);
    }
  }

  @Test
  void shouldObeyNoFrameBeforeTheIdentity() throws Exception {
    Server server = new Server();
    try (Client owner = opened(server);
        Client stranger = Client.posingAs(owner)) {

      stranger.send(new Frame.Abort(session, 0, 0, ""));

      assertThat(stranger.read()).isNull();
      assertThat(server.refusals("bad identity")).isEqualTo(1);
      assertThat(server.sessions()).containsExactly("live 0");
    }
  }

  @Test
  void shouldCountAControlLinkThatEndsBeforeItsIdentity() throws Exception {
    Server server = new Server();

    Client.handshaken(server, new byte[0]).close();

    Server.await(() -> server.refusals("bad identity") > 0);
  }

  @Test
  void shouldGiveAClientItsSessionsOverItsNextControlLink() throws Exception {
    Server server = new Server();
    Client first = opened(server);
    first.close();

    try (Client second = Client.connected(server, first.instanceKey())) {
      assertThat(second.read()).isEqualTo(new Frame.Received(session, 0, 0));
      assertThat(second.resume(session, key).code()).isEqualTo(DoorReply.Code.RESUMED);
    }
  }

  @Test
  void shouldLetAClientReplaceItsOwnControlLink() throws Exception {
    Server server = new Server();
    try (Client first = opened(server);
        Client second = Client.connected(server, first.instanceKey())) {

      assertThat(second.read()).isEqualTo(new Frame.Received(session, 0, 0));
      while (first.read() != null) {
        // what it was told before
      }
    }
  }

  // ---- with a secret ----

  @Test
  void shouldAdmitAClientThatProvesTheSecretAndThenItself() throws Exception {
    Server server = new Server("belay.secret=correct horse");
    try (Client client = Client.handshaken(server, SECRET)) {

      client.prove();
      client.identify();
      client.awaitAdmission();

      assertThat(client.open(session, key).code()).isEqualTo(DoorReply.Code.OPENED);
    }
  }

  @Test
  void shouldNotAdmitAClientThatProvesOnlyItself() throws Exception {
    Server server = new Server("belay.secret=correct horse");
    try (Client client = Client.handshaken(server, SECRET)) {

      client.identify();

      assertThat(client.read()).isNull();
      assertThat(server.refusals(Refusal.BAD_SECRET.text())).isEqualTo(1);
    }
  }

  @Test
  void shouldNotKnowAPairThatHasOnlyProvenTheSecret() throws Exception {
    Server server = new Server("belay.secret=correct horse");
    try (Client client = Client.handshaken(server, SECRET)) {

      client.prove();

      assertThat(refusal(client.open(session, key))).isEqualTo(Refusal.UNKNOWN_PAIR);
    }
  }
}

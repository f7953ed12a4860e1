package dev.belay.agent.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.wire.Bytes;
import dev.belay.agent.wire.DoorReply;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.Handshake;
import dev.belay.agent.wire.Refusal;
import dev.belay.replicator.log.Epoch;
import dev.belay.replicator.log.SessionId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of the sessions of a client that does not come back. */
@Timeout(60)
final class AbsentClientTest {
  private static final long S = 1_000_000_000;

  private final Bytes key = Client.newKey();
  private final SessionId session = Handshake.sessionOf(key);

  private Client opened(Server server) throws Exception {
    Client client = Client.connected(server);
    assertThat(client.open(session, key).code()).isEqualTo(DoorReply.Code.OPENED);
    server.awaitSessions("live 0");
    return client;
  }

  /** Says that it has sent what does not come. */
  private void loseLink(Server server, Client client) throws Exception {
    Server.await(
        () -> {
          client.send(new Frame.Sent(session, 0, 5));
          return server.sessions().equals(List.of("parked 0"));
        });
  }

  /** As of a machine that has vanished: its data links are silent, not lost. */
  @Test
  void shouldGiveUpASessionWhoseClientHasHadNoControlLinkForAResumeWindow() throws Exception {
    Server server = new Server("belay.resume-window=200ms");
    Client client = opened(server);

    client.close();

    server.awaitSessions();
    Server.await(() -> server.metrics().clientAbsentCount() == 1);
    assertThat(server.metrics().movedAwayCount()).isZero();
  }

  @Test
  void shouldKnowOfASessionThatGoesOnElsewhereIfTheMembersDo() throws Exception {
    SharedLog shared = new SharedLog();
    Server server = new Server(shared, "belay.resume-window=200ms");
    Client client = opened(server);
    Server.await(() -> shared.holds(session));

    shared.log().claim(session, Epoch.FIRST, new Epoch(1), "another");
    client.close();

    server.awaitSessions();
    Server.await(() -> server.metrics().movedAwayCount() == 1);
    assertThat(server.metrics().clientAbsentCount()).isZero();
  }

  /** As after a server has given up a takeover whose client did not find its link reset. */
  @Test
  void shouldTellAClientThatAnIncarnationIsNotThere() throws Exception {
    Server server = new Server();
    try (Client client = opened(server)) {
      client.send(new Frame.Sent(session, 1, 5));

      assertThat(lossHeardBy(client)).isEqualTo(new Frame.LinkLost(session, 1, 0));

      client.send(new Frame.Switch(session, 2, false, false, 0, 0));

      assertThat(lossHeardBy(client)).isEqualTo(new Frame.LinkLost(session, 2, 0));
      server.awaitSessions("live 0");
    }
  }

  /** As when the answer was lost with its link: the client can only open it once more. */
  @Test
  void shouldOpenASessionAgainWithAHigherEpoch() throws Exception {
    Server server = new Server();
    try (Client client = opened(server)) {
      assertThat(client.open(session, key, 2).code()).isEqualTo(DoorReply.Code.OPENED);
      server.awaitSessions("live 2");

      DoorReply late = client.open(session, key, 2);

      assertThat(Refusal.of(late.reason())).isEqualTo(Refusal.STALE_EPOCH);
      assertThat(server.sessions()).containsExactly("live 2");
    }
  }

  /** Its FIN, or what it had to say, may have been lost with a network or a control link. */
  @Test
  void shouldAskForASessionInWhichNothingMoves() throws Exception {
    Server server = new Server("belay.resume-window=30s", "belay.suspect=20s");
    try (Client client = opened(server)) {
      server.judge(0);
      server.judge(30 * S);
      client.send(new Frame.Sent(session, 1, 5));

      assertThat(client.readNews()).isEqualTo(new Frame.LinkLost(session, 1, 0)); // not asked yet

      server.judge(30 * S + 1);

      assertThat(client.readNews()).isEqualTo(new Frame.Sent(session, 0, 0));

      client.send(new Frame.Abort(session, 0, Refusal.STALE_EPOCH.code(), "it is elsewhere"));

      server.awaitSessions();
      assertThat(server.metrics().movedAwayCount()).isEqualTo(1);
    }
  }

  /** What it sent has gone with a link that is silent, and it has ended elsewhere since. */
  @Test
  void shouldAskWhoHasClosedForInputThatDoesNotCome() throws Exception {
    Server server = new Server("belay.resume-window=30s", "belay.suspect=20s");
    try (Client client = opened(server)) {
      client.send(new Frame.Fin(session, 0, true, 100));
      client.send(new Frame.Sent(session, 1, 5));
      assertThat(client.readNews()).isEqualTo(new Frame.LinkLost(session, 1, 0));

      server.judge(0);
      server.judge(31 * S);

      assertThat(client.readNews()).isEqualTo(new Frame.Sent(session, 0, 0));

      client.send(new Frame.Abort(session, 0, Refusal.SESSION_UNKNOWN.code(), "it is over"));

      server.awaitSessions();
    }
  }

  @Test
  void shouldNotAskWhoHasClosedWhileTheApplicationHasSomethingToRead() throws Exception {
    Server server = new Server("belay.resume-window=30s", "belay.suspect=20s");
    try (Client client = opened(server)) {
      client.write(new byte[5]);
      client.send(new Frame.Fin(session, 0, true, 100));
      client.send(new Frame.Sent(session, 1, 5));
      assertThat(client.readNews()).isEqualTo(new Frame.LinkLost(session, 1, 0));

      server.judge(0);
      server.judge(31 * S);
      server.judge(62 * S);
      client.send(new Frame.Sent(session, 2, 5));

      assertThat(client.readNews()).isEqualTo(new Frame.LinkLost(session, 2, 0));
    }
  }

  private static Frame lossHeardBy(Client client) throws Exception {
    Frame frame;
    do {
      frame = client.read();
    } while (!(frame instanceof Frame.LinkLost));
    return frame;
  }

  @Test
  void shouldEndInOrderWhenTheEndIsToldAfterTheLinkIsLost() throws Exception {
    Server server = new Server("belay.suspect=20ms", "belay.heartbeat=10ms");
    try (Client client = opened(server)) {
      loseLink(server, client);

      client.send(new Frame.Fin(session, 0, true, 0));

      server.awaitSessions("live 0"); // though without a link: the application has its end
    }
  }
}

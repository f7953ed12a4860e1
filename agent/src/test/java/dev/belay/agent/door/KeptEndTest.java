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

/**
 * A server's application that has closed, and a client that has all but may not know that it is
 * all.
 */
@Timeout(60)
final class KeptEndTest {
  private final Bytes key = Client.newKey();
  private final SessionId session = Handshake.sessionOf(key);
  private final Frame end = new Frame.Fin(session, 0, true, 0);

  private Client opened(Server server) throws Exception {
    Client client = Client.connected(server);
    client.open(session, key);
    server.awaitSessions("live 0");
    return client;
  }

  private static void awaitFrame(Client client, Frame expected) throws Exception {
    Frame frame;
    do {
      frame = client.read();
      assertThat(frame).isNotNull();
    } while (!frame.equals(expected));
  }

  /** The client was told and is silent: the server is to have heard that, or the like, before. */
  private void settle(Client client) throws Exception {
    client.send(new Frame.Sent(session, 1, 5));
    awaitFrame(client, new Frame.LinkLost(session, 1, 0));
  }

  @Test
  void shouldAnswerAClientThatHasNotHeardOfTheEnd() throws Exception {
    Server server = new Server();
    try (Client client = opened(server)) {
      server.closeConnection();
      awaitFrame(client, end);

      DoorReply reply = client.resume(session, key);

      assertThat(reply.code()).isEqualTo(DoorReply.Code.RESUMED);
      assertThat(reply.serverClosed()).isTrue();
      assertThat(reply.outFinal()).isZero();
    }
  }

  /** The application has closed without reading all, and others hold what it has not read. */
  @Test
  void shouldNotAskForInputThatNobodyReadsAnyLonger() throws Exception {
    Server server = new Server();
    try (Client client = opened(server)) {
      DoorReply live = client.resumeKeepingFrom(session, key, 10);
      assertThat(Refusal.of(live.reason())).isEqualTo(Refusal.LOG_TRUNCATED);
      server.closeConnection();
      awaitFrame(client, end);

      DoorReply closed = client.resumeKeepingFrom(session, key, 10);

      assertThat(closed.code()).isEqualTo(DoorReply.Code.RESUMED);
      assertThat(closed.inPosition()).isEqualTo(10);
      assertThat(closed.serverClosed()).isTrue();
    }
  }

  @Test
  void shouldKeepTheLogAndTheSessionUntilTheClientKnowsOfTheEnd() throws Exception {
    SharedLog shared = new SharedLog();
    Server server = new Server(shared);
    try (Client client = opened(server)) {
      Server.await(() -> shared.holds(session));
      server.closeConnection();
      awaitFrame(client, end);
      settle(client);
      assertThat(server.sessions()).containsExactly("live 0");
      assertThat(shared.holds(session)).isTrue();

      client.send(new Frame.EndKnown(session, 0));

      server.awaitSessions();
      Server.await(() -> !shared.holds(session));
    }
  }

  @Test
  void shouldForgetASessionThatBothHaveClosed() throws Exception {
    Server server = new Server();
    try (Client client = opened(server)) {
      server.closeConnection();
      awaitFrame(client, end);

      client.send(new Frame.Fin(session, 0, true, 0));

      server.awaitSessions();
    }
  }

  /** What either has said of its end may have gone with the control link. */
  @Test
  void shouldTellAndAskAClientThatComesBack() throws Exception {
    Server server = new Server();
    try (Client client = opened(server)) {
      server.closeConnection();
      awaitFrame(client, end);
      Bytes instance = client.instanceKey();

      try (Client again = Client.connected(server, instance)) {
        awaitFrame(again, end);
        awaitFrame(again, new Frame.Sent(session, 0, 0));
      }
    }
  }

  @Test
  void shouldNotWaitForLongerThanAResumeWindow() throws Exception {
    Server server = new Server("belay.resume-window=200ms");
    try (Client client = opened(server)) {
      server.closeConnection();

      server.awaitSessions();

      assertThat(server.metrics().clientAbsentCount()).isZero();
    }
  }
}

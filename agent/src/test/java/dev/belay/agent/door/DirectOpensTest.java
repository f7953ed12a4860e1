package dev.belay.agent.door;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.agent.config.PortRange;
import dev.belay.agent.wire.Bytes;
import dev.belay.agent.wire.DoorReply;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.Handshake;
import dev.belay.agent.wire.Refusal;
import dev.belay.replicator.log.SessionId;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@link DirectOpens}: whose a connection to the application's own port is. */
@Timeout(60)
final class DirectOpensTest {
  private static final String SECRET = "not to be guessed";
  private static final int FIRST_PORT = 20_000;
  private static final int LAST_PORT = 29_999;
  private static final int MOST_TRIES = 100;
  private static final String[] SETTINGS = {
    "belay.secret=" + SECRET, "belay.direct=" + FIRST_PORT + "-" + LAST_PORT
  };
  private static final int QUIET_MS = 200;
  private static final int PATIENCE_MS = 20_000;

  private final Bytes key = Client.newKey();
  private final SessionId session = Handshake.sessionOf(key);
  private final Socket socket = new Socket();
  private Server server;
  private Client client;

  @BeforeEach
  void begin() throws Exception {
    serve(new Server(SETTINGS));
    bindToAnyOf(socket);
  }

  private void serve(Server by) throws Exception {
    server = by;
    client = Client.proven(server, SECRET.getBytes(US_ASCII));
  }

  private static void bindToAnyOf(Socket fresh) throws IOException {
    PortRange ports = new PortRange(FIRST_PORT, LAST_PORT);
    Random random = new Random();
    for (int tries = 1; !fresh.isBound(); tries++) {
      try {
        fresh.bind(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.at(random.nextInt())));
      } catch (BindException e) {
        if (tries == MOST_TRIES) {
          throw e;
        }
      }
    }
  }

  @AfterEach
  void end() throws IOException {
    socket.close();
    client.close();
  }

  private String address() {
    return "127.0.0.1:" + socket.getLocalPort();
  }

  private void connect() throws IOException {
    int port = Integer.parseInt(server.service());
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  private void assertReset() throws IOException {
    socket.setSoTimeout(PATIENCE_MS);
    assertThatThrownBy(() -> socket.getInputStream().read())
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("reset");
  }

  private void assertPlain() throws IOException {
    socket.setSoTimeout(QUIET_MS);
    assertThatThrownBy(() -> socket.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
    assertThat(server.sessions()).isEmpty();
  }

  @Test
  void shouldTakeAConnectionFromAnAgreedAddressForTheSessionAndSaySo() throws Exception {
    Frame answer = client.reserve(session, key, address());

    connect();

    assertThat(answer).isEqualTo(new Frame.Reserved(session, 0));
    server.awaitSessions("live 0");
    assertThat(client.readNews()).isEqualTo(new Frame.Received(session, 0, 0));
  }

  @Test
  void shouldHearOfTheEndOfASessionThatIsNotAcceptedYet() throws Exception {
    client.reserve(session, key, address());

    client.send(new Frame.Fin(session, 0, true, 0));

    server.awaitSessions("ringing 0");
    assertThat(server.session(session).session().isRemoteClosed()).isTrue();
    connect();
    server.awaitSessions("live 0");
  }

  @Test
  void shouldNotAgreeWithoutASecret() throws Exception {
    server = new Server(SETTINGS[1]);
    try (Client unproven = Client.connected(server)) {
      assertThat(unproven.reserve(session, key, address()))
          .isEqualTo(new Frame.Released(session, 0));
    }
    connect();
    assertPlain();
  }

  @Test
  void shouldNotAgreeUnlessItIsSetToIt() throws Exception {
    server = new Server(SETTINGS[0]);
    try (Client other = Client.proven(server, SECRET.getBytes(US_ASCII))) {
      assertThat(other.reserve(session, key, address())).isEqualTo(new Frame.Released(session, 0));
    }
  }

  @Test
  void shouldNotAgreeToAnAddressThatIsNotTheClientsAsItIsSeenHere() throws Exception {
    assertThat(client.reserve(session, key, "127.0.0.9:" + socket.getLocalPort()))
        .isEqualTo(new Frame.Released(session, 0));
    assertThat(client.reserve(session, key, "localhost:" + socket.getLocalPort()))
        .isEqualTo(new Frame.Released(session, 0));
  }

  /** As through a relay on the client's own machine. */
  @Test
  void shouldNotAgreeToAPortThatOthersMayHave() throws Exception {
    try (Socket any = new Socket()) {
      any.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));

      assertThat(client.reserve(session, key, "127.0.0.1:" + any.getLocalPort()))
          .isEqualTo(new Frame.Released(session, 0));
    }
  }

  /** It may be another's, whose reset is lost. */
  @Test
  void shouldTakeAConnectionThatWaitedBeforeForPlainAndTheNextForTheSession() throws Exception {
    serve(Server.thatDoesNotAccept(SETTINGS));
    connect();
    client.askToReserve(session, key, address());
    assertNoAnswer();

    server.beginAccepting();

    assertThat(client.readNews()).isEqualTo(new Frame.Reserved(session, 0));
    assertPlain();
    int port = socket.getLocalPort();
    socket.setSoLinger(true, 0);
    socket.close();
    try (Socket next = new Socket()) {
      next.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      next.connect(new InetSocketAddress("127.0.0.1", Integer.parseInt(server.service())));
      server.awaitSessions("live 0");
    }
  }

  @Test
  void shouldNotAgreeWhenTheListenerIsClosedBeforeItHasAccepted() throws Exception {
    serve(Server.thatDoesNotAccept(SETTINGS));
    connect();
    client.askToReserve(session, key, address());
    assertNoAnswer();

    server.closeListener();

    assertThat(client.readNews()).isEqualTo(new Frame.Released(session, 0));
  }

  /** What was asked later is answered earlier. */
  private void assertNoAnswer() throws Exception {
    SessionId unknown = Handshake.sessionOf(Client.newKey());
    client.send(new Frame.Release(unknown, 0));
    assertThat(client.readNews()).isEqualTo(new Frame.Released(unknown, 0));
  }

  /** As through a relay. */
  @Test
  void shouldNotAgreeOverAControlLinkThatTheClientKnowsOtherwise() throws Exception {
    String relayed = "127.0.0.1:1>127.0.0.1:" + server.door();

    assertThat(client.reserve(session, key, address(), relayed))
        .isEqualTo(new Frame.Released(session, 0));
  }

  @Test
  void shouldNotAgreeToAnAddressTwiceNorToAnIdWithoutItsKey() throws Exception {
    client.reserve(session, key, address());
    Bytes otherKey = Client.newKey();

    assertThat(client.reserve(Handshake.sessionOf(otherKey), otherKey, address()))
        .isInstanceOf(Frame.Released.class);
    assertThat(client.reserve(session, otherKey, "127.0.0.1:1")).isInstanceOf(Frame.Released.class);
  }

  @Test
  void shouldAgreeToNoMoreOnceItIsEmptied() throws Exception {
    server.drain();

    assertThat(client.reserve(session, key, address())).isEqualTo(new Frame.Released(session, 0));
  }

  @Test
  void shouldSayThatNobodyHasComeWhenItIsAskedAgainAndTakeNobodyLater() throws Exception {
    client.reserve(session, key, address());

    assertThat(client.reserve(session, key, address())).isEqualTo(new Frame.Released(session, 0));

    connect();
    assertReset();
  }

  @Test
  void shouldNotSayThatNobodyHasComeAsLongAsTheApplicationMayAccept() throws Exception {
    serve(Server.thatDoesNotAccept(SETTINGS));
    client.reserve(session, key, address());
    connect();

    client.askToReserve(session, key, address());

    assertNoAnswer();
    server.beginAccepting();
    server.awaitSessions("live 0");
    assertThat(client.readNews()).isEqualTo(new Frame.Received(session, 0, 0));
  }

  @Test
  void shouldTakeWhoComesBehindAReleaseForPlain() throws Exception {
    client.reserve(session, key, address());

    client.send(new Frame.Release(session, 0));

    assertThat(client.readNews()).isEqualTo(new Frame.Released(session, 0));
    connect();
    assertPlain();
  }

  @Test
  void shouldResetWhoComesWhenTheControlLinkIsGone() throws Exception {
    client.reserve(session, key, address());

    client.close();
    connect();

    assertReset();
    assertThat(server.sessions()).isEmpty();
  }

  @Test
  void shouldResetWhoComesForASessionThatWasAskedForAtTheDoor() throws Exception {
    client.reserve(session, key, address());

    DoorReply reply = client.resume(session, key);
    connect();

    assertThat(Refusal.of(reply.reason())).isEqualTo(Refusal.SESSION_UNKNOWN);
    assertReset();
  }

  @Test
  void shouldResetWhoComesForASessionThatIsOver() throws Exception {
    client.reserve(session, key, address());
    client.send(new Frame.Fin(session, 0, false, 0));
    server.awaitSessions("ringing 0");

    client.send(new Frame.Abort(session, 0, Refusal.UNSPECIFIED.code(), "given up"));
    server.awaitSessions();
    connect();

    assertReset();
  }

  @Test
  void shouldEndWhatIsReleasedBeforeItWasAccepted() throws Exception {
    client.reserve(session, key, address());
    client.send(new Frame.Fin(session, 0, false, 0));
    server.awaitSessions("ringing 0");

    client.send(new Frame.Release(session, 0));

    server.awaitSessions();
  }

  @Test
  void shouldSayThatItHasTheSessionWhenItIsAskedAgain() throws Exception {
    client.reserve(session, key, address());
    connect();
    server.awaitSessions("live 0");

    Frame answer = client.reserve(session, key, address());

    assertThat(answer).isEqualTo(new Frame.Received(session, 0, 0));
  }

  @Test
  void shouldServeTheSessionOfAnAcceptedConnectionThatIsReleasedLate() throws Exception {
    client.reserve(session, key, address());
    connect();
    server.awaitSessions("live 0");

    client.send(new Frame.Release(session, 0));

    assertThat(client.readNews()).isInstanceOf(Frame.Received.class);
    assertThat(client.readNews()).isEqualTo(new Frame.Released(session, 0));
    assertThat(client.resume(session, key).code()).isEqualTo(DoorReply.Code.RESUMED);
  }
}

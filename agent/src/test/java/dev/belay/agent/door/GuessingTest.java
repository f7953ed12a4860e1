package dev.belay.agent.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.agent.report.AgentLog;
import dev.belay.agent.report.LogLevel;
import dev.belay.agent.wire.Bytes;
import dev.belay.agent.wire.ClientHandshake;
import dev.belay.agent.wire.DoorReply;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.Handshake;
import dev.belay.agent.wire.OpenPreface;
import dev.belay.agent.wire.PairKeys;
import dev.belay.agent.wire.PrefaceKind;
import dev.belay.agent.wire.Refusal;
import dev.belay.replicator.log.SessionId;
import java.io.File;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Somebody with a valid pair of his own who guesses, and somebody who plays back what he heard. */
@Timeout(60)
final class GuessingTest {
  private static final int GUESSES = 500;

  private final Bytes key = Client.newKey();
  private final SessionId session = Handshake.sessionOf(key);
  private final ClientHandshake handshake =
      new ClientHandshake(Client.newKey(), "heard", new byte[0], new SecureRandom());

  @BeforeEach
  void keepQuiet() {
    AgentLog.open(LogLevel.OFF, (File) null);
  }

  @AfterEach
  void speakAgain() {
    AgentLog.open(LogLevel.INFO, (File) null);
  }

  @Test
  void shouldGiveNoSessionToWhoGuesses() throws Exception {
    Server server = new Server();
    try (Client owner = Client.connected(server);
        Client guesser = Client.connected(server)) {
      assertThat(owner.open(session, key).code()).isEqualTo(DoorReply.Code.OPENED);

      for (int i = 0; i < GUESSES; i++) {
        Bytes guess = Client.newKey();
        assertRefused(guesser.resume(session, guess), Refusal.BAD_PREFACE);
        assertRefused(guesser.resume(Handshake.sessionOf(guess), guess), Refusal.SESSION_UNKNOWN);
      }

      assertThat(server.sessions()).containsExactly("live 0");
      assertThat(server.refusals(Refusal.BAD_PREFACE.text())).isEqualTo(GUESSES);
      assertThat(server.refusals(Refusal.SESSION_UNKNOWN.text())).isEqualTo(GUESSES);
      assertThat(owner.resume(session, key).code()).isEqualTo(DoorReply.Code.RESUMED);
    }
  }

  @Test
  void shouldNotAdmitARecordedHandshake() throws Exception {
    Server server = new Server();
    byte[] hello = handshake.hello();
    try (DoorVisitor first = new DoorVisitor(addressOf(server));
        DoorVisitor second = new DoorVisitor(addressOf(server))) {
      first.send(hello);
      PairKeys keys = handshake.finish(first.reply());
      Frame identity = new Frame.Identity(handshake.identity());
      first.send(identity);

      second.send(hello).reply();
      second.send(identity);

      assertThat(second.end()).isEqualTo(-1);
      assertThat(server.refusals("bad identity")).isEqualTo(1);
      assertThat(open(server, keys).code()).isEqualTo(DoorReply.Code.OPENED);
    }
  }

  private DoorReply open(Server server, PairKeys keys) throws Exception {
    Bytes sealed = keys.seal(key, session, 1, PrefaceKind.OPEN);
    OpenPreface preface = new OpenPreface(keys.pairId(), 1, session, 0, sealed, server.service());
    try (DoorVisitor link = new DoorVisitor(addressOf(server))) {
      return link.send(preface.encode(keys)).reply(keys, 1);
    }
  }

  @Test
  void shouldAnswerNoHandshakeThatIsCutOff() throws Exception {
    Server server = new Server();
    byte[] hello = handshake.hello();

    for (int length = 0; length < hello.length; length++) {
      try (DoorVisitor visitor = new DoorVisitor(addressOf(server))) {
        visitor.send(Arrays.copyOf(hello, length));
        visitor.socket().shutdownOutput();

        assertThatThrownBy(visitor::end).as("length %d", length).hasMessage("Connection reset");
      }
    }

    assertThat(server.refusals("bad preface")).isEqualTo(hello.length);
  }

  private static InetSocketAddress addressOf(Server server) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.door());
  }

  private static void assertRefused(DoorReply reply, Refusal reason) {
    assertThat(reply.code()).isEqualTo(DoorReply.Code.REFUSED);
    assertThat(Refusal.of(reply.reason())).isEqualTo(reason);
  }
}

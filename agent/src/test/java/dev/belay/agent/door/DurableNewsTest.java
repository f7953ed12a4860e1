package dev.belay.agent.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.wire.Bytes;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.Handshake;
import dev.belay.replicator.log.LogRecord;
import dev.belay.replicator.log.SessionId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@link DurableNews}: who has news is told of them, at once and once, and nobody else. */
@Timeout(60)
final class DurableNewsTest {
  /** More than a client that keeps little can wait for. */
  private static final int MUCH_BYTES = 64 << 10;

  private static final int LITTLE_BYTES = 100;

  private final SharedLog shared = new SharedLog();
  private final Bytes key = Client.newKey();
  private final Bytes otherKey = Client.newKey();
  private final SessionId session = Handshake.sessionOf(key);
  private final SessionId other = Handshake.sessionOf(otherKey);
  private Server server;

  @BeforeEach
  void begin() throws Exception {
    server = new Server(shared);
  }

  private Client opened(SessionId of, Bytes itsKey) throws Exception {
    Client client = Client.connected(server);
    open(client, of, itsKey);
    return client;
  }

  private void open(Client client, SessionId of, Bytes itsKey) throws Exception {
    client.open(of, itsKey);
    Server.await(() -> shared.holds(of));
    Server.await(() -> server.session(of).state() == ServerSession.State.LIVE);
  }

  /** Input comes, and others hold it soon. */
  private void much(SessionId of, int times) {
    LogRecord record =
        new LogRecord(
            LogRecord.Kind.INPUT, (long) (times - 1) * MUCH_BYTES, 0, new byte[MUCH_BYTES]);
    assertThat(server.session(of).session().input().appendAhead(record)).isTrue();
  }

  /** Others hold it, and nobody says so. */
  private void little(SessionId of) {
    LogRecord record = new LogRecord(LogRecord.Kind.INPUT, 0, 0, new byte[LITTLE_BYTES]);
    assertThat(server.session(of).session().input().appendAhead(record)).isTrue();
    Server.await(() -> server.session(of).view().durablePosition() == LITTLE_BYTES);
  }

  private void inOneTurn(SessionId first, SessionId second) {
    server.run(
        () -> {
          server.session(first).durable();
          server.session(second).durable();
        });
  }

  private static Frame durable(SessionId of, int times) {
    return new Frame.Durable(of, 0, (long) times * MUCH_BYTES);
  }

  /** The next that says so of any session. */
  private static Frame nextDurable(Client client) throws Exception {
    Frame frame;
    do {
      frame = client.read();
      assertThat(frame).isNotNull();
    } while (!(frame instanceof Frame.Durable));
    return frame;
  }

  @Test
  void shouldTellEachTimeWithoutATick() throws Exception {
    try (Client client = opened(session, key)) {
      server.endTicks();
      for (int times = 1; times <= 3; times++) {
        much(session, times);

        assertThat(nextDurable(client)).isEqualTo(durable(session, times));
      }
    }
  }

  @Test
  void shouldTellOnlyOfSessionsThatHaveNewsAndOnceEach() throws Exception {
    try (Client client = opened(session, key)) {
      open(client, other, otherKey);
      server.endTicks();
      much(session, 1);
      assertThat(nextDurable(client)).isEqualTo(durable(session, 1));

      server.session(session).durable(); // once more, but it is none
      server.session(other).durable();
      much(other, 1);

      assertThat(nextDurable(client)).isEqualTo(durable(other, 1));
      much(session, 2);
      assertThat(nextDurable(client)).isEqualTo(durable(session, 2));
    }
  }

  @Test
  void shouldTellEachClientOfItsOwnInOneTurn() throws Exception {
    try (Client client = opened(session, key);
        Client another = opened(other, otherKey)) {
      server.endTicks();
      little(session);
      little(other);

      inOneTurn(session, other);

      assertThat(nextDurable(client)).isEqualTo(new Frame.Durable(session, 0, LITTLE_BYTES));
      assertThat(nextDurable(another)).isEqualTo(new Frame.Durable(other, 0, LITTLE_BYTES));
    }
  }

  @Test
  void shouldGoOnBehindASessionWhoseClientIsGone() throws Exception {
    try (Client client = opened(session, key)) {
      try (Client gone = opened(other, otherKey)) {
        assertThat(gone).isNotNull();
      }
      Server.await(() -> server.session(other).control() == null);
      server.endTicks();
      little(other);
      little(session);

      inOneTurn(other, session);

      assertThat(nextDurable(client)).isEqualTo(new Frame.Durable(session, 0, LITTLE_BYTES));
    }
  }

  @Test
  void shouldSayNothingOfASessionThatIsOver() throws Exception {
    try (Client client = opened(session, key)) {
      open(client, other, otherKey);
      server.endTicks();
      ServerSession over = server.session(other);
      much(other, 1);
      assertThat(nextDurable(client)).isEqualTo(durable(other, 1));
      client.send(new Frame.Abort(other, 0, 0, "over"));
      Server.await(over::isOver); // and nothing is durable any longer

      over.durable();
      much(session, 1);

      assertThat(nextDurable(client)).isEqualTo(durable(session, 1));
    }
  }
}

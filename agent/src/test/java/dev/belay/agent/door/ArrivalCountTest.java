package dev.belay.agent.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.report.Metrics;
import dev.belay.agent.wire.Bytes;
import dev.belay.agent.wire.DoorReply;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.Handshake;
import dev.belay.agent.wire.TurnBatch;
import dev.belay.agent.wire.TurnHeader;
import dev.belay.replicator.log.SessionId;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a server counts of the sessions that it takes over. */
@Timeout(60)
final class ArrivalCountTest {
  private final Bytes key = Client.newKey();
  private final SessionId session = Handshake.sessionOf(key);

  private static byte[] noInput() {
    ByteBuffer batch = ByteBuffer.allocate(TurnBatch.HEADER_BYTES + TurnHeader.HEADER_BYTES);
    batch.putInt(TurnHeader.HEADER_BYTES);
    new TurnHeader(0, 0).encode(batch);
    return batch.array();
  }

  @Test
  void shouldCountATakeoverAndSayHowLongItTook() throws Exception {
    Server server = new Server();
    try (Client client = Client.connected(server)) {
      assertThat(client.takeOver(session, key, 1).code()).isEqualTo(DoorReply.Code.REPLAY);
      assertThat(server.metrics().failoverCount()).isZero();

      client.write(noInput());

      server.awaitSessions("live 1");
      assertThat(server.metrics().failoverCount()).isEqualTo(1);
      assertThat(server.metrics().lastFailoverMs()).isGreaterThanOrEqualTo(0);
      assertThat(server.metrics().moveCount()).isZero();
    }
  }

  @Test
  void shouldCountAMoveThatWasPlanned() throws Exception {
    Server server = new Server();
    try (Client client = Client.connected(server)) {
      assertThat(client.prepare(session, key, 1).code()).isEqualTo(DoorReply.Code.REPLAY);
      server.awaitSessions("replaying 1");

      client.send(new Frame.Switch(session, 1, false, false, 0, 0));
      client.write(noInput());

      server.awaitSessions("live 1");
      assertThat(server.metrics().moveCount()).isEqualTo(1);
      assertThat(server.metrics().failoverCount()).isZero();
      assertThat(server.metrics().lastFailoverMs()).isEqualTo(Metrics.NO_FAILOVER);
    }
  }
}

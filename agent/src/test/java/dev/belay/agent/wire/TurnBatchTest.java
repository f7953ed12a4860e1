package dev.belay.agent.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** The length before a batch of turn records. */
final class TurnBatchTest {

  @Test
  void shouldReadTheExampleInTheDocs() throws FrameFormatException, IOException {
    String digits = "0000001b 00000003 0000000000000005 616263 00000000 0000000000000005";
    ByteBuffer in = ByteBuffer.wrap(Samples.hex(digits));

    TurnBatch batch = TurnBatch.decode(in);
    TurnHeader turn = TurnHeader.decode(in);
    in.position(in.position() + turn.length());
    TurnHeader end = TurnHeader.decode(in);

    assertThat(batch.length()).isEqualTo(in.limit() - TurnBatch.HEADER_BYTES);
    assertThat(turn).isEqualTo(new TurnHeader(3, 5));
    assertThat(end).isEqualTo(new TurnHeader(0, 5));
    assertThat(in.hasRemaining()).isFalse();
    assertThat(ProtocolDocs.hexBlocks()).containsEntry("turn-batch", digits.replace(" ", ""));
  }

  @Test
  void shouldHaveRoomForTheLargestRecord() throws FrameFormatException {
    assertThat(TurnBatch.decode(ByteBuffer.wrap(Samples.hex("0001000c"))).length())
        .isEqualTo(TurnHeader.HEADER_BYTES + TurnHeader.MAX_LENGTH);
  }

  @Test
  void shouldRejectABatchThatCannotBe() {
    assertRejected("0000000b", "bad turn batch: length=11");
    assertRejected("0001000d", "bad turn batch: length=65549");
    assertRejected("ffffffff", "bad turn batch: length=4294967295");
    assertRejected("000000", "turn batch header is short: 3 bytes");
  }

  private static void assertRejected(String hex, String message) {
    assertThatExceptionOfType(FrameFormatException.class)
        .isThrownBy(() -> TurnBatch.decode(ByteBuffer.wrap(Samples.hex(hex))))
        .withMessage(message);
  }
}

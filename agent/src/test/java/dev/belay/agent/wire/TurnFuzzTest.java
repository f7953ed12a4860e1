package dev.belay.agent.wire;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** The heads of a log that a client sends: no length is believed that is not within its limits. */
final class TurnFuzzTest {

  static Stream<byte[]> seeds() {
    byte[] batch = ByteBuffer.allocate(4 + 12 + 1).putInt(13).putInt(1).putLong(9).array();
    return Stream.concat(Fuzzed.seeds(Golden.Codec.TURN), Stream.of(batch));
  }

  @MethodSource("seeds")
  @FuzzTest
  void shouldRejectOrUnderstand(byte[] bytes) {
    Fuzzed.assertRejectedOrCanonical(Golden.Codec.TURN, bytes);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      while (in.hasRemaining()) {
        readBatch(in);
      }
    } catch (FrameFormatException e) {
      assertTrue(in.position() <= in.limit());
    }
  }

  private static void readBatch(ByteBuffer in) throws FrameFormatException {
    int length = TurnBatch.decode(in).length();
    assertTrue(length >= TurnHeader.HEADER_BYTES && length <= TurnBatch.MAX_LENGTH);
    int end = in.position() + Math.min(length, in.remaining());
    while (in.position() < end) {
      TurnHeader turn = TurnHeader.decode(in);
      assertTrue(turn.length() <= TurnHeader.MAX_LENGTH && turn.outPosition() >= 0);
      in.position(Math.min(end, Math.max(in.position(), in.position() + turn.length())));
    }
  }
}

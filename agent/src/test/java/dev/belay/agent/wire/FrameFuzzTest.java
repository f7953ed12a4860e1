package dev.belay.agent.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes on a control link, in pieces of any size, which must not matter. */
final class FrameFuzzTest {

  static Stream<byte[]> seeds() {
    return Fuzzed.seeds(Golden.Codec.FRAME);
  }

  @MethodSource("seeds")
  @FuzzTest
  void shouldReadTheSameInAnyPieces(byte[] bytes) {
    Fuzzed.assertRejectedOrCanonical(Golden.Codec.FRAME, bytes);
    int piece = bytes.length == 0 ? 1 : 1 + (bytes[0] & 0x1f);

    assertEquals(read(bytes, Math.max(1, bytes.length)), read(bytes, piece));
  }

  /** The frames in order, then what was skipped, then why it ended, if it was before the end. */
  private static List<Object> read(byte[] bytes, int piece) {
    FrameReader reader = new FrameReader();
    List<Object> read = new ArrayList<>();
    try {
      for (int i = 0; i < bytes.length; i += piece) {
        reader.feed(bytes, i, Math.min(piece, bytes.length - i));
        for (Frame frame = reader.next(); frame != null; frame = reader.next()) {
          read.add(frame);
        }
      }
    } catch (FrameFormatException e) {
      read.add(e.getMessage());
    }
    read.add(reader.skippedFrames());
    return read;
  }
}

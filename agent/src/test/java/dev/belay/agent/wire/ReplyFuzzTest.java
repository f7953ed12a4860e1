package dev.belay.agent.wire;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** What a false door answers a client. */
final class ReplyFuzzTest {

  static Stream<byte[]> seeds() {
    return Fuzzed.seeds(Golden.Codec.REPLY, Golden.Codec.SERVER_HELLO);
  }

  @MethodSource("seeds")
  @FuzzTest
  void shouldRejectOrUnderstand(byte[] bytes) {
    Fuzzed.assertRejectedOrCanonical(Golden.Codec.REPLY, bytes);
    Fuzzed.assertRejectedOrCanonical(Golden.Codec.SERVER_HELLO, bytes);
  }
}

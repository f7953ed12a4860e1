package dev.belay.agent.wire;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** What a stranger says first to a door. */
final class PrefaceFuzzTest {

  static Stream<byte[]> seeds() {
    return Fuzzed.seeds(Golden.Codec.OPEN, Golden.Codec.RESUME, Golden.Codec.CLIENT_HELLO);
  }

  @MethodSource("seeds")
  @FuzzTest
  void shouldRejectOrUnderstand(byte[] bytes) {
    Fuzzed.assertRejectedOrCanonical(Golden.Codec.OPEN, bytes);
    Fuzzed.assertRejectedOrCanonical(Golden.Codec.RESUME, bytes);
    Fuzzed.assertRejectedOrCanonical(Golden.Codec.CLIENT_HELLO, bytes);
  }
}

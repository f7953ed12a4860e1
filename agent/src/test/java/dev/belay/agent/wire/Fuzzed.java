package dev.belay.agent.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.stream.Stream;

/** What every fuzz test of a codec asks, and what it begins with. */
final class Fuzzed {
  private Fuzzed() {}

  /** The examples of docs/protocol.md for some codecs: a fuzzer would look long for a header. */
  static Stream<byte[]> seeds(Golden.Codec... codecs) {
    return Arrays.stream(Golden.values())
        .filter(golden -> Arrays.asList(codecs).contains(golden.codec()))
        .map(Golden::bytes);
  }

  /** Rejected, and with nothing but that exception; or it is the one encoding of its value. */
  static void assertRejectedOrCanonical(Golden.Codec codec, byte[] bytes) {
    Object value;
    try {
      value = codec.decode(bytes);
    } catch (FrameFormatException e) {
      return;
    }
    byte[] again = codec.encode(value);
    int signed = again.length - codec.macBytes();
    assertArrayEquals(
        Arrays.copyOf(again, signed), Arrays.copyOf(bytes, signed), () -> codec + " " + value);
  }
}

package dev.belay.agent.wire;

import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Both ends of a handshake, the other end being anybody: nobody gets in by it. */
final class HandshakeFuzzTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final byte[] NONE = {};
  private static final byte[] SECRET = {1, 2, 3};
  private static final Bytes KEY = Bytes.random(Handshake.INSTANCE_KEY_BYTES, RANDOM);

  static Stream<byte[]> seeds() {
    return Fuzzed.seeds(Golden.Codec.CLIENT_HELLO, Golden.Codec.SERVER_HELLO);
  }

  @MethodSource("seeds")
  @FuzzTest
  void shouldLetNobodyIn(byte[] bytes) {
    accept(bytes, NONE);
    accept(bytes, SECRET);
    finish(bytes, NONE);
    assertFalse(finish(bytes, SECRET), "a proof of a secret that nobody knows");
  }

  /** Whoever gets an answer is not identified and, where that is asked, not proven by his bytes. */
  private static void accept(byte[] hello, byte[] secret) {
    try {
      ServerHandshake handshake =
          ServerHandshake.accept(hello, Samples.SERVER_INSTANCE, 7, secret, RANDOM);
      Bytes last = Bytes.copyOf(Arrays.copyOfRange(hello, hello.length - 32, hello.length));
      assertFalse(handshake.isIdentifiedBy(last));
      assertFalse(handshake.isProvenBy(last));
    } catch (FrameFormatException | HandshakeException e) {
      return; // no answer but a refusal
    }
  }

  private static boolean finish(byte[] reply, byte[] secret) {
    try {
      new ClientHandshake(KEY, "fuzz", secret, RANDOM).finish(reply);
      return true;
    } catch (FrameFormatException | HandshakeException e) {
      return false;
    }
  }
}

package dev.belay.replicator.members;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.belay.replicator.log.SessionId;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a holder gives back for what was sealed does not open, unless it is the same. */
final class SealFuzzTest {
  private static final SessionId ID = new SessionId(-1, 77);
  private static final byte[] PLAIN = "what a client has written".getBytes(US_ASCII);
  private static final Seal SEAL = new Seal("a secret".getBytes(US_ASCII));
  private static final byte[] SEALED = SEAL.seal(Seal.Use.LOG, ID, 5, 30, PLAIN);

  static Stream<byte[]> seeds() {
    byte[] changed = SEALED.clone();
    changed[changed.length - 1] ^= 1;
    return Stream.of(
        SEALED,
        changed,
        Arrays.copyOf(SEALED, 40),
        Arrays.copyOf(SEALED, 26),
        Arrays.copyOf(SEALED, SEALED.length + 1),
        new byte[] {0, 1, 2},
        new byte[] {1},
        new byte[0]);
  }

  @MethodSource("seeds")
  @FuzzTest
  void shouldOpenNothingButWhatItSealed(byte[] bytes) {
    if (Arrays.equals(bytes, SEALED)) {
      assertArrayEquals(PLAIN, SEAL.open(Seal.Use.LOG, ID, 5, 30, bytes));
      assertThrows(
          SealBrokenException.class, () -> SEAL.open(Seal.Use.LOG, ID, 5, 31, bytes)); // elsewhere
    } else {
      assertThrows(SealBrokenException.class, () -> SEAL.open(Seal.Use.LOG, ID, 5, 30, bytes));
    }
    if (bytes.length > 0 && bytes[0] == 0) {
      byte[] plain = new Seal(null).open(Seal.Use.LOG, ID, 5, 30, bytes);
      assertArrayEquals(Arrays.copyOfRange(bytes, 1, bytes.length), plain);
    } else {
      Seal none = new Seal(null);
      assertThrows(SealBrokenException.class, () -> none.open(Seal.Use.LOG, ID, 5, 30, bytes));
    }
  }
}

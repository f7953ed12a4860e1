package dev.belay.agent.session;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** {@link StreamChecksum}: the stream counts, not its pieces. */
final class StreamChecksumTest {

  private final StreamChecksum checksum = new StreamChecksum();

  @Test
  void shouldBeCrc32c() {
    byte[] digits = "123456789".getBytes(US_ASCII);

    checksum.update(digits, 0, digits.length);

    assertThat(checksum.value()).isEqualTo(0xe3069283);
    assertThat(checksum.position()).isEqualTo(9);
  }

  @Test
  void shouldBeThatOfNothingAtFirstAndAfterReset() {
    assertThat(checksum.value()).isEqualTo(StreamChecksum.EMPTY);

    checksum.update(new byte[10], 0, 10);
    checksum.reset();

    assertThat(checksum.value()).isEqualTo(StreamChecksum.EMPTY);
    assertThat(checksum.position()).isZero();
  }

  @Test
  void shouldBeTheSameForAnySplitOfTheBytes() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      byte[] stream = new byte[random.nextInt(5000)];
      random.nextBytes(stream);
      StreamChecksum whole = new StreamChecksum();
      whole.update(stream, 0, stream.length);

      StreamChecksum split = inPieces(stream, random);

      assertThat(split.value()).as("seed=%d", seed).isEqualTo(whole.value());
      assertThat(split.position()).as("seed=%d", seed).isEqualTo(stream.length);
    }
  }

  private static StreamChecksum inPieces(byte[] stream, Random random) {
    StreamChecksum split = new StreamChecksum();
    int done = 0;
    while (done < stream.length) {
      int length = Math.min(random.nextInt(500), stream.length - done);
      if (random.nextBoolean()) {
        split.update(stream, done, length);
      } else {
        split.update(ByteBuffer.wrap(stream, done, length));
      }
      done += length;
    }
    return split;
  }
}

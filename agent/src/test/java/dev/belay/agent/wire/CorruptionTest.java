package dev.belay.agent.wire;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What is damaged is rejected or is something else, and never does anything but throw
 * FrameFormatException. "Something else" is shown by encoding it again: every value has one
 * encoding, so that equal values would have equal bytes.
 */
final class CorruptionTest {

  private static final int BYTE_VALUES = 256;
  private static final int DAMAGES = 10_000;
  private static final int MAX_EDITS = 6;

  @ParameterizedTest
  @EnumSource
  void shouldRejectEveryTruncation(Golden golden) {
    byte[] bytes = golden.bytes();

    for (int length = 0; length < bytes.length; length++) {
      byte[] truncated = Arrays.copyOf(bytes, length);
      assertThatExceptionOfType(FrameFormatException.class)
          .as("length %d", length)
          .isThrownBy(() -> golden.codec().decode(truncated));
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"TURN_HEADER", "TURN_END"})
  void shouldSeeEveryTruncationWithACorrectedLength(Golden golden) {
    byte[] bytes = golden.bytes();

    for (int length = 8; length < bytes.length; length++) {
      byte[] truncated = withLength(golden, Arrays.copyOf(bytes, length));
      assertSeen(golden, truncated, "length=" + length);
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldSeeEveryDamagedByte(Golden golden) {
    byte[] bytes = golden.bytes();

    for (int offset = 0; offset < bytes.length; offset++) {
      for (int mask = 1; mask < BYTE_VALUES; mask++) {
        byte[] damaged = bytes.clone();
        damaged[offset] ^= (byte) mask;
        assertSeen(golden, damaged, "offset=" + offset + " mask=" + mask);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldSurviveRandomDamage(Golden golden) {
    for (long seed = 0; seed < DAMAGES; seed++) {
      Random random = new Random(seed);
      byte[] damaged = golden.bytes();
      for (int edits = 1 + random.nextInt(MAX_EDITS); edits > 0; edits--) {
        damaged = edited(damaged, random);
      }
      byte[] corrected = random.nextBoolean() ? withLength(golden, damaged) : damaged;

      assertTrue(isRejectedOrCanonical(golden, corrected), "seed=" + seed);
    }
  }

  /** A byte changed, added, removed or moved to the edge of its range. */
  private static byte[] edited(byte[] bytes, Random random) {
    int offset = random.nextInt(bytes.length + 1);
    byte value = (byte) (random.nextBoolean() ? random.nextInt() : random.nextInt(3) - 1);
    byte[] tail = Arrays.copyOfRange(bytes, offset, bytes.length);
    return switch (random.nextInt(4)) {
      case 0 -> joined(Arrays.copyOf(bytes, offset), new byte[] {value}, tail);
      case 1 -> joined(Arrays.copyOf(bytes, Math.max(0, offset - 1)), tail);
      default -> joined(Arrays.copyOf(bytes, Math.max(0, offset - 1)), new byte[] {value}, tail);
    };
  }

  private static byte[] joined(byte[]... parts) {
    byte[] all = {};
    for (byte[] part : parts) {
      all = Arrays.copyOf(all, all.length + part.length);
      System.arraycopy(part, 0, all, all.length - part.length, part.length);
    }
    return all;
  }

  /** So that the damage gets past the length check. */
  private static byte[] withLength(Golden golden, byte[] bytes) {
    boolean isFrame = golden.codec() == Golden.Codec.FRAME;
    int offset = isFrame ? 0 : 6;
    int length = isFrame ? bytes.length - Frame.HEADER_BYTES : bytes.length;
    if (golden.codec() == Golden.Codec.TURN || bytes.length < 8) {
      return bytes;
    }
    bytes[offset] = (byte) (length >> 8);
    bytes[offset + 1] = (byte) length;
    return bytes;
  }

  private static void assertSeen(Golden golden, byte[] damaged, String where) {
    assertTrue(isRejectedOrCanonical(golden, damaged), where);
    assertFalse(golden.codec().verify(damaged), where);
  }

  private static boolean isRejectedOrCanonical(Golden golden, byte[] bytes) {
    Object value;
    try {
      value = golden.codec().decode(bytes);
    } catch (FrameFormatException e) {
      return true;
    }
    byte[] again = golden.signedPart(golden.codec().encode(value));
    byte[] decoded = Arrays.copyOf(golden.signedPart(bytes), again.length);
    return Arrays.equals(again, decoded);
  }
}

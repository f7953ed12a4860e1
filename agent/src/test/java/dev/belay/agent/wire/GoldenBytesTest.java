package dev.belay.agent.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The bytes of the examples: a change here is a new version of the protocol. */
final class GoldenBytesTest {

  @ParameterizedTest
  @EnumSource
  void shouldDecodeTheExample(Golden golden) throws FrameFormatException {
    assertThat(golden.codec().decode(golden.bytes())).isEqualTo(golden.value());
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "REPLY_REFUSED_UNSIGNED")
  void shouldEncodeTheExample(Golden golden) {
    assertThat(golden.codec().encode(golden.value())).asHexString().isEqualTo(hexOf(golden));
  }

  @ParameterizedTest
  @EnumSource(names = "REPLY_REFUSED_UNSIGNED")
  void shouldEncodeTheUnsignedExample(Golden golden) {
    assertThat(((DoorReply) golden.value()).encodeUnsigned())
        .asHexString()
        .isEqualTo(hexOf(golden));
  }

  private static String hexOf(Golden golden) {
    return Bytes.copyOf(golden.bytes()).toString().toUpperCase(Locale.ROOT);
  }
}

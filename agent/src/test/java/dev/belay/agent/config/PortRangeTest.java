package dev.belay.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link PortRange}: as operators and as Linux write it. */
final class PortRangeTest {
  private static final PortRange RANGE = new PortRange(20000, 29999);

  @Test
  void shouldReadWhatItWrites() throws SettingFormatException {
    assertThat(PortRange.parse("20000-29999")).isEqualTo(RANGE).hasToString("20000-29999");
    assertThat(PortRange.parse("7-7")).isEqualTo(new PortRange(7, 7));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-", "true", "20000", "20000-", "0-7", "7-65536", "8-7", "7--8"})
  void shouldRefuseWhatIsNone(String text) {
    assertThatThrownBy(() -> PortRange.parse(text)).isInstanceOf(SettingFormatException.class);
  }

  @Test
  void shouldReadWhatTheKernelWrites() {
    assertThat(PortRange.ofKernel("40000\t40010\n")).isEqualTo(new PortRange(40000, 40010));
  }

  @Test
  void shouldTakeAllForOneThatMakesNoSense() {
    assertThat(PortRange.ofKernel("40010 40000")).isEqualTo(new PortRange(1, 65535));
  }

  @Test
  void shouldMeetWhatSharesAPortWithIt() {
    assertThat(RANGE.meets(new PortRange(29999, 40000))).isTrue();
    assertThat(RANGE.meets(new PortRange(1, 20000))).isTrue();
    assertThat(RANGE.meets(new PortRange(30000, 40000))).isFalse();
    assertThat(RANGE.meets(new PortRange(1, 19999))).isFalse();
  }

  @Test
  void shouldGiveAllOfItAndNothingElse() {
    PortRange range = new PortRange(7, 9);

    assertThat(IntStream.rangeClosed(-2, 3).map(range::at)).containsExactly(8, 9, 7, 8, 9, 7);
    assertThat(range.has(range.at(Integer.MIN_VALUE))).isTrue();
    assertThat(range.has(6) || range.has(10)).isFalse();
    assertThat(range.has(7) && range.has(9)).isTrue();
  }
}

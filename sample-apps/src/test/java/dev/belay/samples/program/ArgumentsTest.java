package dev.belay.samples.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** The command line that all programs share. */
class ArgumentsTest {

  @Test
  void shouldReadOptionsFlagsAndPositionalArguments() {
    Arguments arguments =
        Arguments.parse(Set.of("fast"), "file", "--port", "7", "--fast", "--name=a=b", "other");

    assertThat(Endpoint.from(arguments, 1)).isEqualTo(new Endpoint("127.0.0.1", 7));
    assertThat(arguments.flag("fast")).isTrue();
    assertThat(arguments.text("name")).contains("a=b");
    assertThat(arguments.positional()).containsExactly("file", "other");
    arguments.rejectUnread();
  }

  @Test
  void shouldReadSizesWithUnits() {
    Arguments arguments =
        Arguments.parse(Set.of(), "--a", "5", "--b", "2k", "--c", "3M", "--d", "1g");

    assertThat(arguments.size("a", 0)).isEqualTo(5);
    assertThat(arguments.size("b", 0)).isEqualTo(2048);
    assertThat(arguments.size("c", 0)).isEqualTo(3L << 20);
    assertThat(arguments.size("d", 0)).isEqualTo(1L << 30);
    assertThat(arguments.size("e", 9)).isEqualTo(9);
  }

  @Test
  void shouldRejectWhatItDoesNotKnow() {
    Arguments unknown = Arguments.parse(Set.of(), "--prot", "7");
    Arguments tooLarge = Arguments.parse(Set.of(), "--port", "65536");

    assertThatThrownBy(unknown::rejectUnread).hasMessageContaining("--prot");
    assertThatThrownBy(() -> Endpoint.from(tooLarge, 1)).hasMessageContaining("65535");
    assertThatThrownBy(() -> Arguments.parse(Set.of(), "--port")).hasMessageContaining("--port");
  }
}

package dev.belay.samples.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a client tells of its waits. */
class ProgressTest {

  private static final long MILLISECOND_NS = 1_000_000;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  @Test
  void shouldTellOfEachWaitOfThatLength() {
    try (Progress progress = Progress.start(Arguments.parse(Set.of(), "--gaps", "50"), out)) {
      progress.waited(49 * MILLISECOND_NS);
      progress.waited(50 * MILLISECOND_NS);
      progress.waited(1234 * MILLISECOND_NS);

      assertThat(progress.longestGapMs()).isEqualTo(1234);
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8).lines().toList())
        .hasSize(2)
        .first()
        .asString()
        .matches("gap \\d+ 50");
  }

  @Test
  void shouldSayNothingUnlessAsked() {
    try (Progress progress = Progress.start(Arguments.parse(Set.of()), out)) {
      progress.waited(1234 * MILLISECOND_NS);
    }
    assertThat(bytes.size()).isZero();
  }
}

package dev.belay.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SampleTest {
  private static Sample sample(Contender contender, double... values) {
    return new Sample("bulk", "17", contender, "MB/s", values, 0);
  }

  @Test
  void shouldCompareRoundByRound() {
    Sample plain = sample(Contender.PLAIN, 100, 10, 100);
    Sample belay = sample(Contender.BELAY, 90, 9, 10);

    assertThat(belay.ratioTo(plain)).isEqualTo(0.9);
  }

  @Test
  void shouldTakeTheMiddleOfAnEvenNumber() {
    assertThat(sample(Contender.PLAIN, 4, 1, 2, 3).median()).isEqualTo(2.5);
  }

  @Test
  void shouldRejectAnUnknownOption() {
    assertThatThrownBy(() -> Options.parse(List.of("--round=1")))
        .hasMessageContaining("unknown option: --round");
  }

  @Test
  void shouldRejectAnUnknownFigure() {
    assertThatThrownBy(() -> Options.parse(List.of("--only=ping,start")))
        .hasMessageStartingWith("--only=start: expected one of bulk, ping, ");
  }
}

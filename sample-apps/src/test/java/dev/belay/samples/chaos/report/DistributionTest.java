package dev.belay.samples.chaos.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Medians and bars. */
class DistributionTest {

  @Test
  void shouldFindQuantiles() {
    Distribution hundred = new Distribution(LongStream.rangeClosed(1, 100).boxed().toList());

    assertThat(hundred.quantileMs(0.5)).isEqualTo(50);
    assertThat(hundred.quantileMs(0.99)).isEqualTo(99);
    assertThat(hundred.quantileMs(0)).isEqualTo(1);
    assertThat(hundred.longestMs()).isEqualTo(100);
  }

  @Test
  void shouldBeZeroWithoutLengths() {
    Distribution none = new Distribution(List.of());

    assertThat(none.quantileMs(0.5)).isZero();
    assertThat(none.bars()).allSatisfy(bar -> assertThat(bar.count()).isZero());
  }

  @Test
  void shouldCountEachLengthInOneBar() {
    Distribution some = new Distribution(List.of(50L, 99L, 100L, 299L, 30_000L, 99_000L));

    assertThat(some.bars())
        .contains(
            new Distribution.Bar("50 ms", 2),
            new Distribution.Bar("100 ms", 1),
            new Distribution.Bar("200 ms", 1),
            new Distribution.Bar("30 s+", 2));
    assertThat(some.bars().stream().mapToLong(Distribution.Bar::count).sum()).isEqualTo(6);
  }

  @Test
  void shouldWriteLengthsForPeople() {
    assertThat(Distribution.text(999)).isEqualTo("999 ms");
    assertThat(Distribution.text(1000)).isEqualTo("1 s");
    assertThat(Distribution.text(1540)).isEqualTo("1.5 s");
  }
}

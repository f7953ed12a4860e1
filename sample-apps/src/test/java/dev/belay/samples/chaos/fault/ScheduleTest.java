package dev.belay.samples.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The faults that a seed stands for. */
class ScheduleTest {

  private static final Schedule.Range GAP = new Schedule.Range(1_000, 5_000);
  private static final List<FaultKind> ALL = List.of(FaultKind.values());

  @Test
  void shouldDrawTheSameFaultsFromTheSameSeed() {
    assertThat(draw(7)).isEqualTo(draw(7)).isNotEqualTo(draw(8));
  }

  /** A seed in an old report must still mean the same: this draw was written down once. */
  @Test
  void shouldDrawWhatThisSeedHasAlwaysMeant() {
    assertThat(draw(7).subList(0, 3))
        .containsExactly(
            new Fault(1, 3_922, FaultKind.SILENCE, 2, 2_891),
            new Fault(2, 6_329, FaultKind.RESET, 0, 0),
            new Fault(3, 10_115, FaultKind.RESTART, 0, 0));
  }

  @Test
  void shouldKeepEveryFaultWithinItsLimits() {
    LongStream.range(0, 200)
        .forEach(
            seed -> {
              long lastMs = 0;
              for (Fault fault : draw(seed)) {
                assertThat(fault.atMs() - lastMs).as("seed " + seed).isBetween(1_000L, 5_000L);
                assertThat(fault.atMs()).isLessThan(60_000);
                assertThat(fault.server()).isBetween(0, 2);
                assertThat(fault.lengthMs())
                    .isBetween((long) fault.kind().leastMs(), (long) fault.kind().mostMs());
                lastMs = fault.atMs();
              }
            });
  }

  @Test
  void shouldDrawEachKindOnceBeforeAnyAgain() {
    List<Fault> faults = draw(3);

    for (int from = 0; from + ALL.size() <= faults.size(); from += ALL.size()) {
      Set<FaultKind> kinds = new HashSet<>();
      faults.subList(from, from + ALL.size()).forEach(fault -> kinds.add(fault.kind()));
      assertThat(kinds).hasSize(ALL.size());
    }
  }

  @Test
  void shouldRefuseADrawWithoutEnd() {
    assertThatThrownBy(() -> new Schedule.Settings(1, 60_000, new Schedule.Range(0, 0), ALL, 3))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Schedule.Range(5, 4)).hasMessageContaining("5 to 4 ms");
  }

  private static List<Fault> draw(long seed) {
    return Schedule.draw(new Schedule.Settings(seed, 60_000, GAP, ALL, 3));
  }
}

package dev.belay.samples.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.samples.chaos.fault.FaultKind;
import dev.belay.samples.chaos.fault.Schedule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A seed is all that a run needs to be repeated. */
class PlanTest {

  @Test
  void shouldGiveTheSameWorkToTheSameClient() {
    Plan plan = plan(Workload.CHAT, 5);

    assertThat(plan.work(1, 2)).isEqualTo(plan(Workload.CHAT, 5).work(1, 2));
    assertThat(plan.work(1, 2)).isNotEqualTo(plan.work(2, 1));
    assertThat(plan.work(1, 2).seconds()).isBetween(3, 15);
    assertThat(plan.faults()).isEqualTo(plan(Workload.JDBC, 5).faults());
  }

  @Test
  void shouldNameEveryOptionThatRepeatsIt() {
    assertThat(plan(Workload.MEDIA, 5).options())
        .containsExactly(
            "--app=media",
            "--seed=5",
            "--time=90s",
            "--servers=3",
            "--clients=2",
            "--connections=4",
            "--faults=kill,slow",
            "--every=500ms-2s",
            "--work=3s-15s");
  }

  @ParameterizedTest
  @EnumSource
  void shouldStartEveryProgramWithArgumentsThatItUnderstands(Workload workload) throws Exception {
    List<String> arguments = new java.util.ArrayList<>(workload.client(2, 1, 9).arguments());
    arguments.addAll(List.of("--port", "1", "--progress", "--gaps", "50"));
    var out = new java.io.ByteArrayOutputStream();
    var run =
        workload.client(2, 1, 9).main().getMethod("run", java.io.PrintStream.class, String[].class);

    Object status =
        run.invoke(null, new java.io.PrintStream(out, true), arguments.toArray(String[]::new));

    // Nobody listens at port 1: the command line was right if it came as far as to connect.
    assertThat(status).isEqualTo(2);
    assertThat(out.toString()).contains("Connection refused");
  }

  @ParameterizedTest
  @CsvSource({"500ms,500", "90s,90000", "90,90000", "10m,600000", "0.5s,500", "1.5,1500"})
  void shouldReadTimes(String text, long ms) {
    assertThat(Span.parse(text).ms()).isEqualTo(ms);
    assertThat(Span.parse(Span.parse(text).toString())).isEqualTo(Span.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "s", "ms", "-1s", "1h", "1.2345s", "99999999s", "1e3"})
  void shouldRefuseWhatIsNoTime(String text) {
    assertThatThrownBy(() -> Span.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  private static Plan plan(Workload workload, long seed) {
    return new Plan(
        workload,
        seed,
        90_000,
        3,
        2,
        4,
        List.of(FaultKind.KILL, FaultKind.SLOW),
        new Schedule.Range(500, 2_000),
        new Schedule.Range(3_000, 15_000));
  }
}

package dev.belay.samples.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.belay.samples.chaos.fault.Fault;
import dev.belay.samples.chaos.fault.FaultKind;
import dev.belay.samples.chaos.fault.Schedule;
import dev.belay.samples.chaos.trace.Move;
import dev.belay.samples.chaos.trace.Trace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page says what happened, and needs nothing but itself. */
class ReportTest {

  private static final long ZERO_MS = 1_700_000_000_000L;
  private static final int FIRST_DOOR = 7401;
  private static final int SECOND_DOOR = 7402;

  @TempDir Path directory;
  private final Recording recording = new Recording();

  @Test
  void shouldSayWhatFollowedEachFault() throws IOException {
    inject(1, 2_000, FaultKind.KILL, FIRST_DOOR, 1_000);
    inject(2, 9_000, FaultKind.SLOW, SECOND_DOOR, 1_000);
    end(Outcome.RIGHT, "verdict: right");

    String page = page(move(2_050, 40, FIRST_DOOR), move(2_060, 55, FIRST_DOOR));

    assertThat(page)
        .contains("Verdict: right", "2 taken over by server 2; longest stall 55 ms")
        .contains("20 B replayed; first cause: server died", "no session lost its link")
        .contains(cells("1", "2", "0", "40 ms", "55 ms", "55 ms", "55 ms"))
        .contains(cells("90 ms", "115 ms", "115 ms", "115 ms"))
        .doesNotContain("Not explained by any fault");
  }

  @Test
  void shouldNotHideMovesThatNoFaultExplains() throws IOException {
    inject(1, 2_000, FaultKind.KILL, FIRST_DOOR, 1_000);
    end(Outcome.RIGHT, "verdict: right");

    String page = page(move(1_500, 40, FIRST_DOOR), move(2_050, 40, SECOND_DOOR));

    assertThat(page)
        .contains("Not explained by any fault: 2 taken over", "no session lost its link");
  }

  @Test
  void shouldShowWhoWasWrong() throws IOException {
    inject(1, 2_000, FaultKind.KILL, FIRST_DOOR, 1_000);
    end(Outcome.RIGHT, "verdict: right");
    end(Outcome.WRONG_DATA, "verdict: wrong data, expected '<b>' but got '</script>'");

    String page = page();

    assertThat(page)
        .contains("Verdict: WRONG", "1 of 2 clients did not end right: 1 got wrong data")
        .contains("expected &#39;&lt;b&gt;&#39; but got &#39;&lt;/script&gt;&#39;");
  }

  @Test
  void shouldNotBeContentWithoutFaults() {
    end(Outcome.RIGHT, "verdict: right");

    assertThat(Verdict.on(recording).isRight()).isFalse();
    assertThat(Verdict.on(new Recording()).isRight()).isFalse();
  }

  @Test
  void shouldDrawWhatWasRecorded() throws IOException {
    recording.progress(100, 10);
    recording.progress(1_100, 30);
    recording.gap(1_200, 80);
    inject(1, 800, FaultKind.STOP, FIRST_DOOR, 250);
    end(Outcome.RIGHT, "verdict: right");

    JsonObject series = series(page());

    assertThat(series.get("time")).hasToString("[0.5,1.0,1.5]");
    assertThat(series.get("rate")).hasToString("[20.0,0.0,60.0]");
    assertThat(series.get("clients")).hasToString("[0,1,0]");
    assertThat(series.get("gapMs")).hasToString("[80]");
    JsonObject mark = series.getAsJsonArray("faults").get(0).getAsJsonObject();
    assertThat(mark.get("from").getAsDouble()).isEqualTo(0.8);
    assertThat(mark.get("to").getAsDouble()).isEqualTo(1.05);
  }

  @Test
  void shouldNeedNothingButItself() throws IOException {
    String page = page();

    assertThat(page)
        .contains("var uPlot=", "drawChaos(series)", "--seed", "no nft here")
        .doesNotContainPattern("(src|href)\\s*=")
        .doesNotContain("@import", "{{");
  }

  @Test
  void shouldDrawTheCurveOfTheExperiment() throws IOException {
    MigrationRun.Settings settings = new MigrationRun.Settings(List.of(1_000L), 3, 1 << 20, 2, 1);
    List<MigrationRun.Step> steps =
        List.of(step(0, 100 << 20, 0), step(1_000, 40 << 20, 10), step(0, 60 << 20, 0));
    end(Outcome.RIGHT, "verdict: right, all of it");

    new MigrationReport(settings, steps, recording.results().get(0), ZERO_MS)
        .write(file(), trace(move(1_000, 7, FIRST_DOOR)), "again", "a machine");
    String page = Files.readString(file());

    assertThat(page).contains("Verdict: right", "all of it", "100.0 and 60.0", "50 %");
    assertThat(series(page).get("rate")).hasToString("[40.0]");
    assertThat(series(page).get("undisturbed")).hasToString("[80.0]");
  }

  private static MigrationRun.Step step(long intervalMs, double rate, int migrations) {
    return new MigrationRun.Step(intervalMs, rate, migrations, new Span(0), new Span(9_000));
  }

  private void inject(int number, long atMs, FaultKind kind, int door, long lengthMs) {
    Fault fault = new Fault(number, atMs, kind, 0, lengthMs);
    recording.injected(
        new Recording.Injected(fault, atMs, "server " + door, door, Optional.empty()));
  }

  private void end(Outcome outcome, String verdict) {
    ClientRun.Id id = new ClientRun.Id(0, recording.results().size(), 7, 3);
    recording.ended(new ClientRun.Result(id, 0, 900, 1_500, outcome, verdict, 100, 60));
  }

  private static Move move(long lostMs, long stallMs, int fromDoor) {
    return new Move(
        ZERO_MS + lostMs + stallMs,
        Move.Kind.TAKEOVER,
        "aa",
        fromDoor,
        SECOND_DOOR,
        "server died",
        stallMs,
        10);
  }

  private static Trace trace(Move... moves) {
    return new Trace(List.of(moves), List.of(), 0);
  }

  private String page(Move... moves) throws IOException {
    Plan plan =
        new Plan(
            Workload.CHAT,
            5,
            60_000,
            2,
            1,
            1,
            List.of(FaultKind.values()),
            new Schedule.Range(1, 2),
            new Schedule.Range(3_000, 15_000));
    ChaosReport.Facts facts =
        new ChaosReport.Facts(
            plan,
            ZERO_MS,
            List.of(FIRST_DOOR, SECOND_DOOR),
            Map.of(FaultKind.SILENCE, "no nft here"),
            "chaos --seed=5",
            "a machine");
    new ChaosReport(facts, recording, trace(moves)).write(file());
    return Files.readString(file());
  }

  private static String cells(String... values) {
    return Stream.of(values)
        .map(value -> "<td class=\"n\">" + value + "</td>")
        .collect(Collectors.joining());
  }

  private static JsonObject series(String page) {
    String begin = "const series = ";
    int from = page.indexOf(begin) + begin.length();
    return JsonParser.parseString(page.substring(from, page.indexOf(";</script>", from)))
        .getAsJsonObject();
  }

  private Path file() {
    return directory.resolve("report.html");
  }
}

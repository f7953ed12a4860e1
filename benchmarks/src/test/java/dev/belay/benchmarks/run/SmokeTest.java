package dev.belay.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The programs start and answer; no figure is judged here. */
final class SmokeTest {
  private static final Path AGENT = Path.of("../agent/target/belay-agent.jar");

  @TempDir Path directory;

  @Test
  @Timeout(value = 120, unit = TimeUnit.SECONDS)
  void shouldCompareProtectedWithPlainSockets() throws Exception {
    assumeTrue(Files.exists(AGENT), "the agent is not packaged: " + AGENT);
    List<Sample> samples = new ArrayList<>();
    Options options =
        Options.parse(List.of("--short", "--rounds=1", "--only=ping", "--agent=" + AGENT));
    Bench bench = new Bench(options, new Jvm(options.jdks().get(0), options, log()), samples);

    try {
      new Steady(bench).measure();
    } finally {
      bench.closeStage();
    }

    Path results = directory.resolve("results.json");
    Report.json(samples, results);
    assertThat(samples)
        .filteredOn(sample -> sample.figure().equals("ping selector 64 B p50"))
        .extracting(Sample::contender)
        .contains(Contender.PLAIN, Contender.BELAY, Contender.UNPROTECTED, Contender.RSOCKET);
    assertThat(samples).allMatch(sample -> sample.median() > 0);
    assertThat(log()).content().doesNotContain("not protected");
    assertThat(results).content().contains("\"contender\": \"belay\"");
  }

  @Test
  void shouldDrawWhatGrows() throws Exception {
    List<Sample> samples = new ArrayList<>();
    for (int sessions : new int[] {1, 10, 100}) {
      samples.add(
          new Sample(
              "growth sessions " + sessions, "17", Contender.PLAIN, "1/s", new double[] {5}, 0));
    }

    Charts.draw(samples, directory);

    assertThat(directory.resolve("growth-sessions.svg")).content().contains("<svg");
  }

  private Path log() {
    return directory.resolve("programs.log");
  }
}

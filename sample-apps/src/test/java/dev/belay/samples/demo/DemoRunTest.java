package dev.belay.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.samples.calculator.CalculatorServer;
import dev.belay.samples.launch.Program;
import dev.belay.samples.launch.Protection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demo's kills and its verdict, with real servers and a client that only pretends. */
@Timeout(120)
class DemoRunTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @TempDir Path logs;

  @Test
  void shouldKillTheServingServerTwice() throws Exception {
    boolean right = run("25", "abc", true);

    assertThat(right).isTrue();
    assertThat(output())
        .containsSubsequence(
            "kill -9 server 1",
            "data flows from server 2",
            "started again: server 1",
            "kill -9 server 2",
            "longest stall  7 ms",
            "SHA-256        equal",
            "kills          2");
    assertThat(output()).contains("[============x=", "x================>");
  }

  @Test
  void shouldNotBeContentWithOneKill() throws Exception {
    assertThat(run("1000", "abc", false)).isFalse();
    assertThat(output()).contains("NOT BOTH");
  }

  @Test
  void shouldNotBeContentWithAnotherDigest() throws Exception {
    assertThat(run("1000", "def", false)).isFalse();
    assertThat(output()).contains("NOT EQUAL");
  }

  private boolean run(String stepsPerSecond, String sha256, boolean terminal)
      throws IOException, InterruptedException {
    Scenario scenario =
        new Scenario(
            "pretended",
            Scenario.Unit.STEPS,
            new Program(CalculatorServer.class),
            new Program(PretendedClient.class, stepsPerSecond),
            Optional.of(sha256));
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    DemoServer.Launch launch =
        new DemoServer.Launch(scenario, new Protection(Optional.empty()), logs);
    try (DemoRun run = new DemoRun(launch, new Screen(out, terminal, scenario.unit()))) {
      return run.run(out);
    }
  }

  private String output() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}

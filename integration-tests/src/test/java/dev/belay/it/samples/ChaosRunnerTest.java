package dev.belay.it.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Jvm;
import dev.belay.it.rig.Launch;
import dev.belay.it.rig.OneJdk;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The chaos runner as a user starts it: every stream right, and a report that says so. */
@ExtendWith(RigExtension.class)
@Timeout(150)
class ChaosRunnerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(130);

  @TempDir Path directory;

  @OneJdk
  void shouldBringEveryClientThroughItsFaults(Jdk jdk, Rig rig) throws IOException {
    Path report = directory.resolve("report.html");
    Jvm chaos =
        rig.jvm("chaos", jdk)
            .jar(
                Launch.samplesJar().resolveSibling("belay-chaos.jar"),
                "--agent=" + Launch.agentJar(),
                "--app=calculator",
                "--seed=4",
                "--faults=kill,restart,stop,slow", // the same course whatever tools there are
                "--time=12s",
                "--clients=2",
                "--every=500ms-2s",
                "--logs=" + directory.resolve("logs"),
                "--report=" + report);
    try {
      assertThat(chaos.awaitExit(PATIENCE)).isZero();
    } finally {
      endChildrenOf(chaos);
    }

    chaos.awaitLine("^verdict: right, all \\d+ clients got every byte");
    chaos.awaitLine("^ +\\d+\\.\\d s  kill -9 +server \\d");
    assertThat(report).content().contains("Verdict: right", "--seed", "taken over by server");
    try (var logs = Files.list(directory.resolve("logs"))) {
      assertThat(logs).hasSizeGreaterThanOrEqualTo(5); // three servers, two clients
    }
  }

  /** They outlive a runner that is killed. */
  private static void endChildrenOf(Jvm chaos) {
    ProcessHandle.of(chaos.pid())
        .ifPresent(handle -> handle.descendants().forEach(ProcessHandle::destroyForcibly));
  }
}

package dev.belay.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.config.Key;
import dev.belay.agent.launch.LauncherJar;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CommandsTest {

  @TempDir static Path directory;

  private static File jar;

  private final Recorder recorder = new Recorder();

  @BeforeAll
  static void build() throws Exception {
    jar = LauncherJar.in(directory).toFile();
  }

  @Test
  void shouldExplainItself() {
    int status = run();

    assertThat(status).isZero();
    assertThat(recorder.answers())
        .startsWith("belay 1.2.3: keeps TCP connections alive")
        .contains("-javaagent:belay-agent.jar -Dbelay.connect=")
        .contains("-javaagent:belay-agent.jar -Dbelay.services=")
        .contains("check", "attach PID", "version");
    for (Key key : Key.values()) {
      assertThat(recorder.answers()).contains("  " + key.text() + " ");
    }
    assertThat(recorder.answers().lines()).allMatch(line -> line.length() <= 100);
    assertThat(recorder.complaints()).isEmpty();
  }

  @Test
  void shouldSayItsVersion() {
    assertThat(run("version")).isZero();
    assertThat(recorder.answers()).isEqualTo("belay 1.2.3\n");
  }

  @Test
  void shouldRefuseAnUnknownCommandInOneLine() {
    assertThat(run("atach", "123")).isEqualTo(64);
    assertThat(recorder.complaints())
        .isEqualTo(
            "belay: unknown command \"atach\"; expected check, attach, drain, node, version or"
                + " help\n");
  }

  @Test
  void shouldRefuseArgumentsThatMakeNoSense() {
    assertThat(run("check", "this")).isEqualTo(64);
    assertThat(recorder.complaints()).isEqualTo("belay: check takes no arguments\n");
  }

  private int run(String... arguments) {
    return new Commands(recorder.console(), jar).run(List.of(arguments));
  }
}

package dev.belay.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.launch.Jvm;
import dev.belay.agent.launch.LauncherJar;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What the command says when there is nothing that it could drain. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
final class DrainCommandTest {
  @TempDir static Path directory;

  private static File jar;

  private final Recorder recorder = new Recorder();

  @BeforeAll
  static void build() throws Exception {
    jar = LauncherJar.in(directory).toFile();
  }

  @Test
  void shouldSayWhatItExpects() {
    for (List<String> wrong : List.of(List.<String>of(), List.of("x"), List.of("1", "2", "3"))) {
      assertThat(new Commands(recorder.console(), jar).run(prefixed(wrong))).isEqualTo(64);
    }

    assertThat(recorder.complaints()).startsWith("belay: expected drain PID [SECONDS], with");
  }

  @Test
  void shouldNotStartTheAgentWhereItDoesNotRun() throws Exception {
    try (Jvm jvm = Jvm.start(directory)) {
      int status = drain(jvm);

      assertThat(status).isEqualTo(1);
      assertThat(recorder.complaints())
          .isEqualTo(
              "belay: process " + jvm.pid() + " refused: the agent does not run in this JVM\n");
      assertThat(jvm.end()).doesNotContain(LauncherJar.STARTED);
    }
  }

  private int drain(Jvm jvm) {
    return new Commands(recorder.console(), jar).run(List.of("drain", Long.toString(jvm.pid())));
  }

  private static List<String> prefixed(List<String> arguments) {
    List<String> all = new java.util.ArrayList<>(List.of("drain"));
    all.addAll(arguments);
    return all;
  }
}

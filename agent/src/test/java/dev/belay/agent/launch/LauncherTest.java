package dev.belay.agent.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class LauncherTest {

  @TempDir static Path directory;

  private static Path jar;

  @BeforeAll
  static void build() throws Exception {
    jar = LauncherJar.in(directory);
  }

  @Test
  void shouldDelegateToTheHiddenBootstrap() throws Exception {
    assertThat(errors("-javaagent:" + jar + "=services=1"))
        .isEqualTo("stand-in started services=1 false belay-agent.jar belay\n");
    assertThat(errors("-javaagent:" + jar))
        .isEqualTo("stand-in started null false belay-agent.jar belay\n");
  }

  @Test
  void shouldStartOncePerJvm() throws Exception {
    assertThat(errors("-javaagent:" + jar, "-javaagent:" + jar))
        .isEqualTo(
            "stand-in started null false belay-agent.jar belay\n"
                + "belay: was started before in this JVM; this second start changes nothing\n");
  }

  @Test
  void shouldLetTheApplicationRunWhateverFails() throws Exception {
    assertThat(errors("-Dstand-in.failure=sentence", "-javaagent:" + jar))
        .isEqualTo("belay: cannot start: no luck; the application runs unprotected\n");
    assertThat(errors("-Dstand-in.failure=fault", "-javaagent:" + jar))
        .isEqualTo(
            "belay: cannot start: java.lang.StackOverflowError;"
                + " the application runs unprotected\n");
  }

  @Test
  void shouldWorkFromAPathWithSpaces() throws Exception {
    Path spaced = Files.createDirectory(directory.resolve("gr\u00fcn and blue"));
    Path copy = Files.copy(jar, spaced.resolve("belay agent.jar"));

    assertThat(errors("-javaagent:" + copy))
        .isEqualTo("stand-in started null false belay agent.jar belay\n");
  }

  private static String errors(String... options) throws Exception {
    try (Jvm jvm = Jvm.start(directory, options)) {
      return jvm.end();
    }
  }
}

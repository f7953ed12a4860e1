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

@Timeout(120)
final class AttachCommandTest {

  /** Larger than any number that Linux gives to a process. */
  private static final String NO_PROCESS = "99999999";

  @TempDir static Path directory;

  private static File jar;

  private final Recorder recorder = new Recorder();

  @BeforeAll
  static void build() throws Exception {
    jar = LauncherJar.in(directory).toFile();
  }

  @Test
  void shouldAttachAndSayWhatIsProtected() throws Exception {
    try (Jvm jvm = Jvm.start(directory)) {
      int status = attach(Long.toString(jvm.pid()), "services=7001", "belay.on-limit=demote");

      assertThat(recorder.complaints()).isEmpty();
      assertThat(status).isZero();
      assertThat(recorder.answers()).isEqualTo("process " + jvm.pid() + ": services 7001\n");
      assertThat(jvm.end())
          .contains(
              LauncherJar.STARTED
                  + " services=7001;belay.on-limit=demote true belay-agent.jar belay\n");
    }
  }

  @Test
  void shouldSayThatTheAgentIsThereAlready() throws Exception {
    try (Jvm jvm = Jvm.start(directory, "-javaagent:" + jar)) {
      int status = attach(Long.toString(jvm.pid()));

      assertThat(status).isEqualTo(1);
      assertThat(recorder.complaints())
          .isEqualTo(
              "belay: process "
                  + jvm.pid()
                  + " refused: was started before in this JVM; this second start changes"
                  + " nothing\n");
    }
  }

  @Test
  void shouldSayWhyTheAgentDidNotStart() throws Exception {
    try (Jvm jvm = Jvm.start(directory, "-Dstand-in.failure=sentence")) {
      int status = attach(Long.toString(jvm.pid()));

      assertThat(status).isEqualTo(1);
      assertThat(recorder.complaints())
          .isEqualTo(
              "belay: process "
                  + jvm.pid()
                  + " refused: cannot start: no luck; the application runs unprotected\n");
    }
  }

  @Test
  void shouldSayThatAttachIsDisabled() throws Exception {
    try (Jvm jvm = Jvm.start(directory, "-XX:+DisableAttachMechanism")) {
      int status = attach(Long.toString(jvm.pid()));

      assertThat(status).isEqualTo(1);
      assertThat(recorder.complaints())
          .startsWith("belay: process " + jvm.pid() + " does not accept attach requests: ")
          .containsOnlyOnce("\n");
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void shouldLeaveAProcessAloneThatIsNoJvm() throws Exception {
    Process sleep = new ProcessBuilder("sleep", "60").start();
    try {
      int status = attach(Long.toString(sleep.pid()));

      assertThat(status).isEqualTo(1);
      assertThat(recorder.complaints())
          .isEqualTo("belay: process " + sleep.pid() + " is not a JVM\n");
      assertThat(sleep.isAlive()).isTrue();
    } finally {
      sleep.destroyForcibly();
    }
  }

  @Test
  void shouldSayThatThereIsNoSuchProcess() {
    assertThat(attach(NO_PROCESS)).isEqualTo(1);
    assertThat(recorder.complaints()).isEqualTo("belay: process 99999999 does not exist\n");
  }

  @Test
  void shouldNotAttachToItself() {
    String own = Long.toString(ProcessHandle.current().pid());

    assertThat(attach(own)).isEqualTo(1);
    assertThat(recorder.complaints())
        .isEqualTo("belay: process " + own + " is the one that runs this command\n");
  }

  @Test
  void shouldRefuseWhatIsNoProcessNumber() {
    assertThat(attach()).isEqualTo(64);
    assertThat(attach("12a")).isEqualTo(64);
    assertThat(recorder.complaints().lines())
        .containsOnly("belay: expected attach PID [key=value ...], with the number of a process");
  }

  @Test
  void shouldCheckSettingsBeforeItTouchesTheProcess() {
    assertThat(attach(NO_PROCESS, "door=x")).isEqualTo(64);
    assertThat(attach(NO_PROCESS, "services=1;2")).isEqualTo(64);
    assertThat(recorder.complaints())
        .isEqualTo(
            "belay: belay.door=x (agent argument): expected host:port,"
                + " but \"x\" has no port\n"
                + "belay: a setting given to attach cannot contain a semicolon\n");
  }

  private int attach(String... arguments) {
    return new AttachCommand(recorder.console(), jar).run(List.of(arguments));
  }
}

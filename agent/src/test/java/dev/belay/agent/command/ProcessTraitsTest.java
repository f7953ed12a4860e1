package dev.belay.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProcessTraitsTest {

  private static final String CATCHES_QUIT = "Name:\tjava\nSigCgt:\t0000000181005ccf\n";
  private static final String CATCHES_NOTHING = "Name:\tjava\nSigCgt:\t0000000000000000\n";
  private static final String JVM = "7f00-7f01 r-xp 0 08:01 42 /usr/lib/jvm/lib/server/libjvm.so\n";
  private static final String OTHER = "7f00-7f01 r-xp 0 08:01 42 /usr/lib/libc.so.6\n";

  @TempDir Path directory;

  @Test
  void shouldKnowAJvmThatListens() throws Exception {
    assertThat(traits(CATCHES_QUIT, JVM)).isEqualTo(new ProcessTraits(true, true));
  }

  @Test
  void shouldKnowThatAQuitWouldKill() throws Exception {
    assertThat(traits(CATCHES_NOTHING, JVM)).isEqualTo(new ProcessTraits(true, false));
  }

  @Test
  void shouldKnowWhatIsNoJvm() throws Exception {
    assertThat(traits(CATCHES_QUIT, OTHER)).isEqualTo(new ProcessTraits(false, true));
  }

  @Test
  void shouldTrustAnAttachSocketThatIsThere() throws Exception {
    Files.createFile(
        Files.createDirectories(directory.resolve("root/tmp")).resolve(".java_pid123"));

    assertThat(traits(CATCHES_NOTHING, JVM)).isEqualTo(new ProcessTraits(true, true));
  }

  @Test
  void shouldLeaveItToTheAttachWhenNothingCanBeRead() {
    assertThat(ProcessTraits.of(directory, 123)).isEqualTo(new ProcessTraits(true, true));
  }

  private ProcessTraits traits(String status, String maps) throws IOException {
    Files.writeString(directory.resolve("status"), status);
    Files.writeString(directory.resolve("maps"), maps);
    return ProcessTraits.of(directory, 123);
  }
}

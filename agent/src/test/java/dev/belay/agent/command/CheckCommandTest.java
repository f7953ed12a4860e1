package dev.belay.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CheckCommandTest {

  private final Recorder recorder = new Recorder();

  @Test
  void shouldSayThatTheJvmCanBeProtected() {
    assertThat(check(Fit.class)).isZero();
    assertThat(recorder.answers())
        .contains("\nJDK:   " + System.getProperty("java.runtime.version") + ", ")
        .contains("\nOS:    " + System.getProperty("os.name") + ", ")
        .endsWith("\nThis JVM can be protected.\n");
  }

  @Test
  void shouldSayWhyNot() {
    assertThat(check(Unfit.class)).isEqualTo(1);
    assertThat(recorder.answers())
        .endsWith("\nThis JVM cannot be protected:\n  no epoll\n  no dup2\n");
  }

  @Test
  void shouldCountAFailedCheckAsNo() {
    assertThat(check(Broken.class)).isEqualTo(1);
    assertThat(recorder.answers())
        .endsWith("\n  the check itself failed: java.lang.StackOverflowError\n");
  }

  @Test
  void shouldCountAMissingCheckAsNo() {
    assertThat(check(Object.class)).isEqualTo(1);
    assertThat(recorder.answers()).contains("\n  the check itself failed: ");
  }

  private int check(Class<?> checkedBy) {
    return new CheckCommand(recorder.console(), new File("none.jar"), checkedBy.getName())
        .run(List.of());
  }

  /** Finds nothing wrong. */
  public static final class Fit {
    private Fit() {}

    /** No problems. */
    public static List<String> check() {
      return List.of();
    }
  }

  /** Finds two things wrong. */
  public static final class Unfit {
    private Unfit() {}

    /** Two problems. */
    public static List<String> check() {
      return List.of("no epoll", "no dup2");
    }
  }

  /** Fails. */
  public static final class Broken {
    private Broken() {}

    /** Throws. */
    @SuppressWarnings("DoNotCallSuggester")
    public static List<String> check() {
      throw new StackOverflowError();
    }
  }
}

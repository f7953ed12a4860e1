package dev.belay.samples.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.samples.program.ClientProgram;
import org.junit.jupiter.api.Test;

/** What is said of a client that has ended. */
final class OutcomeTest {
  private static final String WRONG = ClientProgram.WRONG_DATA_VERDICT + "byte 7";

  @Test
  void shouldBelieveAClientThatIsRight() {
    assertThat(Outcome.of(ClientProgram.RIGHT, "verdict: right, 5", true)).isEqualTo(Outcome.RIGHT);
  }

  @Test
  void shouldTellWrongDataFromAJvmThatCannotStart() {
    String cannotStart = "agent library failed to init: instrument";

    assertThat(Outcome.of(ClientProgram.WRONG_DATA, WRONG, true)).isEqualTo(Outcome.WRONG_DATA);
    assertThat(Outcome.of(1, cannotStart, false)).isEqualTo(Outcome.FAILED);
  }

  @Test
  void shouldAskForAReasonOfAnException() {
    String failed = "verdict: failed, SocketException";

    assertThat(Outcome.of(ClientProgram.FAILED, failed, true)).isEqualTo(Outcome.LOST);
    assertThat(Outcome.of(ClientProgram.FAILED, failed, false)).isEqualTo(Outcome.FAILED);
  }
}

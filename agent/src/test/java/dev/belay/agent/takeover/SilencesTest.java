package dev.belay.agent.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.config.HostPort;
import dev.belay.agent.report.AgentLog;
import dev.belay.agent.report.LogLevel;
import java.io.File;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A server that beats too slowly is told from one that has died. */
final class SilencesTest {
  private static final long PATIENCE_MS = 1_000;

  private final Silences silences = new Silences(new HostPort("server", 7400));
  private long nowNs;

  @BeforeAll
  static void keepQuiet() {
    AgentLog.open(LogLevel.OFF, (File) null);
  }

  @AfterAll
  static void speakAgain() {
    AgentLog.open(LogLevel.INFO, (File) null);
  }

  private boolean endsAfter(long lifeMs) {
    silences.up(nowNs);
    nowNs += lifeMs * 1_000_000;
    return silences.ended(nowNs, PATIENCE_MS);
  }

  @Test
  void shouldFindOutOneThatIsSilentAgainEachTimeItIsAsked() {
    assertThat(endsAfter(1_100)).isFalse();
    assertThat(endsAfter(1_900)).isFalse();
    assertThat(endsAfter(1_100)).isTrue();
  }

  @Test
  void shouldThinkNothingOfOneThatBeatInTimeMeanwhile() {
    assertThat(endsAfter(1_100)).isFalse();
    assertThat(endsAfter(1_100)).isFalse();
    assertThat(endsAfter(100_000)).isFalse();
    assertThat(endsAfter(1_100)).isFalse();
  }
}

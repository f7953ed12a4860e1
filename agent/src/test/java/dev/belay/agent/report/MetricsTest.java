package dev.belay.agent.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import org.junit.jupiter.api.Test;

final class MetricsTest {

  private final Metrics metrics = new Metrics();

  @Test
  void shouldBeginAtZero() {
    assertThat(metrics.failoverCount()).isZero();
    assertThat(metrics.lastFailoverMs()).isEqualTo(Metrics.NO_FAILOVER);
    assertThat(metrics.refusalsByReason()).isEmpty();
    assertThat(metrics.bytesLost()).isZero();
  }

  @Test
  void shouldCountWhatHappens() {
    metrics.sessionOpened();
    metrics.failedOver(120);
    metrics.failedOver(80);
    metrics.resumed();
    metrics.replayed(10);
    metrics.suppressed(20);
    metrics.resent(30);
    metrics.diverged();
    metrics.demoted();
    metrics.fellBackToPlain();
    metrics.sessionLost();
    metrics.sessionEnded(new FixedSession("CLOSED", 5, 7, 5));

    assertThat(metrics.sessionsOpenedCount()).isEqualTo(1);
    assertThat(metrics.failoverCount()).isEqualTo(2);
    assertThat(metrics.lastFailoverMs()).isEqualTo(80);
    assertThat(metrics.resumeCount()).isEqualTo(1);
    assertThat(metrics.replayedBytes()).isEqualTo(10);
    assertThat(metrics.suppressedBytes()).isEqualTo(20);
    assertThat(metrics.resentBytes()).isEqualTo(30);
    assertThat(metrics.divergenceCount()).isEqualTo(1);
    assertThat(metrics.demotionCount()).isEqualTo(1);
    assertThat(metrics.plainFallbackCount()).isEqualTo(1);
    assertThat(metrics.sessionsLostCount()).isEqualTo(1);
    assertThat(metrics.sessionsEndedCount()).isEqualTo(1);
    assertThat(metrics.endedBytesIn()).isEqualTo(5);
    assertThat(metrics.endedBytesOut()).isEqualTo(7);
  }

  @Test
  void shouldCountRefusalsByReason() {
    metrics.refused("bad preface");
    metrics.refused("bad preface");
    metrics.refused("bad mac");

    assertThat(metrics.refusalsByReason())
        .containsOnly(entry("bad mac", 1L), entry("bad preface", 2L));
  }

  @Test
  void shouldLimitTheNumberOfReasons() {
    for (int i = 0; i < 1_000; i++) {
      metrics.refused("reason " + i);
    }

    assertThat(metrics.refusalsByReason())
        .hasSize(Metrics.MOST_REASONS + 1)
        .containsEntry(Metrics.OTHER_REASONS, 1_000L - Metrics.MOST_REASONS);
  }
}

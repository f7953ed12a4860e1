package dev.belay.agent.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.wire.Frame;
import dev.belay.replicator.log.SessionId;
import org.junit.jupiter.api.Test;

/** {@link Pace}: when it is worth waiting for more. */
final class PaceTest {
  private static final SessionId SESSION = new SessionId(1, 2);
  private static final long MS = 1_000_000;

  private final Pace pace = new Pace(0);

  private boolean isDenseAfter(Frame frame, int count, long beginMs) {
    for (int i = 0; i < count; i++) {
      pace.heard(frame, beginMs * MS);
    }
    return pace.isDense((beginMs + Pace.PERIOD_MS) * MS);
  }

  private static Frame fin() {
    return new Frame.Fin(SESSION, 0, true, 1);
  }

  @Test
  void shouldBeDenseWhereManySessionsEnd() {
    assertThat(isDenseAfter(fin(), 10, 0)).isTrue();
    assertThat(isDenseAfter(fin(), 10, Pace.PERIOD_MS)).isTrue();
    assertThat(isDenseAfter(fin(), 1, 2 * Pace.PERIOD_MS)).isFalse();
  }

  @Test
  void shouldNotBeDenseWhileAnythingIsHeardThatSomebodyWaitsFor() {
    pace.heard(new Frame.LinkLost(SESSION, 0, 0), 0);

    assertThat(isDenseAfter(fin(), 10, 0)).isFalse();
    assertThat(isDenseAfter(fin(), 10, Pace.PERIOD_MS)).isFalse();
  }

  @Test
  void shouldEndAtOnceWhenSuchAFrameComes() {
    assertThat(isDenseAfter(fin(), 10, 0)).isTrue();

    pace.heard(new Frame.Received(SESSION, 0, 1 << 20), Pace.PERIOD_MS * MS);

    assertThat(pace.isDense(Pace.PERIOD_MS * MS)).isFalse();
  }

  @Test
  void shouldNotBeDenseForBeatsAndPositions() {
    assertThat(isDenseAfter(new Frame.Heartbeat(1), 10, 0)).isFalse();
    assertThat(isDenseAfter(new Frame.Received(SESSION, 0, 1), 10, Pace.PERIOD_MS)).isFalse();
  }
}

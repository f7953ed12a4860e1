package dev.belay.agent.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.descriptor.Sessions;
import dev.belay.agent.session.Session;
import org.junit.jupiter.api.Test;

/** A cluster that holds nothing is not waited for longer than a session waits for a server. */
final class FullLogTest {
  private static final long WINDOW_MS = 30_000;
  private static final long SECOND_NS = 1_000_000_000;

  private final Session session = Sessions.ofClient();
  private final FullLog log = new FullLog(session, WINDOW_MS);

  private boolean isHopelessAfter(int seconds, boolean isHeldBack) {
    return log.isHopeless(seconds * SECOND_NS, isHeldBack);
  }

  @Test
  void shouldGiveUpWhenNothingBecomesDurable() {
    session.remoteReceived(100);

    assertThat(isHopelessAfter(5, true)).isFalse();
    assertThat(isHopelessAfter(34, true)).isFalse();
    assertThat(isHopelessAfter(35, true)).isTrue();
  }

  @Test
  void shouldBeginAnewWheneverSomethingBecomesDurable() {
    session.remoteReceived(100);
    assertThat(isHopelessAfter(5, true)).isFalse();
    session.sentLog().durable(50);

    assertThat(isHopelessAfter(34, true)).isFalse();
    assertThat(isHopelessAfter(63, true)).isFalse();
    assertThat(isHopelessAfter(64, true)).isTrue();
  }

  @Test
  void shouldCountOnlyWhileTheApplicationWaits() {
    session.remoteReceived(100);
    assertThat(isHopelessAfter(5, true)).isFalse();
    assertThat(isHopelessAfter(20, false)).isFalse();

    assertThat(isHopelessAfter(36, true)).isFalse();
    assertThat(isHopelessAfter(66, true)).isTrue();
  }

  /** What it has not read cannot be held: that is the server's pace, not the cluster's. */
  @Test
  void shouldWaitForAServerThatDoesNotRead() {
    session.remoteReceived(100);
    session.sentLog().durable(100);

    assertThat(isHopelessAfter(5, true)).isFalse();
    assertThat(isHopelessAfter(5000, true)).isFalse();
  }
}

package dev.belay.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.session.MemoryBudget;
import org.junit.jupiter.api.Test;

/** What a server holds for others and what its own sessions hold are one memory. */
final class HeldShareTest {
  private final MemoryBudget budget = new MemoryBudget(1000);
  private final HeldShare share = new HeldShare(budget);

  @Test
  void shouldLeaveToOthersWhatItsOwnSessionsDoNotUse() {
    assertThat(budget.tryTake(700)).isTrue();

    assertThat(share.freeBytes()).isEqualTo(300);
  }

  @Test
  void shouldLeaveToItsOwnSessionsWhatIsNotHeldForOthers() {
    share.changed(900);
    assertThat(budget.tryTake(200)).isFalse();

    share.changed(-500);

    assertThat(budget.tryTake(200)).isTrue();
    assertThat(budget.usedBytes()).isEqualTo(600);
  }
}

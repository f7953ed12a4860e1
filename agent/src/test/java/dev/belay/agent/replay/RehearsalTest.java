package dev.belay.agent.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.descriptor.JdkMemory;
import dev.belay.agent.loop.RunningLoop;
import dev.belay.agent.session.MemoryBudget;
import dev.belay.agent.session.Session;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@link Rehearsal}: is a whole replay, and leaves nothing behind. */
@Timeout(60)
final class RehearsalTest {
  private static final RunningLoop LOOP = new RunningLoop("rehearsal-test-loop");

  private final MemoryBudget budget = new MemoryBudget(1 << 24);
  private final Session.Environment environment =
      new Session.Environment(new JdkMemory(), budget, 1 << 20, () -> {});

  @Test
  void shouldReplayAWholeConversationAndGiveItsMemoryBack() throws Exception {
    Rehearsal rehearsal = new Rehearsal(LOOP.loop(), environment);

    boolean isReplayed = rehearsal.run();

    LOOP.settle();
    assertThat(isReplayed).isTrue();
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void shouldEndWhenItsMemoryDoesNotSuffice() throws Exception {
    Session.Environment poor =
        new Session.Environment(new JdkMemory(), new MemoryBudget(0), 1 << 20, () -> {});

    boolean isReplayed = new Rehearsal(LOOP.loop(), poor).run();

    assertThat(isReplayed).isFalse();
  }
}

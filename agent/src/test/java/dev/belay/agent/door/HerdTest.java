package dev.belay.agent.door;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@link Herd}: never more than so many, everybody in turn. */
final class HerdTest {
  private final Herd herd = new Herd(2, 3);
  private final List<Integer> begun = new ArrayList<>();

  private boolean enter(int who) {
    return herd.enter(() -> begun.add(who));
  }

  @Test
  void shouldLetSoManyInAndTheOthersInTurn() {
    for (int who = 1; who <= 5; who++) {
      assertThat(enter(who)).isTrue();
    }
    assertThat(begun).containsExactly(1, 2);

    herd.leave();
    herd.leave();
    assertThat(begun).containsExactly(1, 2, 3, 4);
    herd.leave();
    herd.leave();
    herd.leave();
    assertThat(begun).containsExactly(1, 2, 3, 4, 5);
    assertThat(enter(6)).isTrue();
    assertThat(begun).hasSize(6);
  }

  @Test
  void shouldSendAwayWhoWouldWaitTooLong() {
    for (int who = 1; who <= 5; who++) {
      enter(who);
    }

    assertThat(enter(6)).isFalse();
  }

  @Test
  void shouldBearOneThatIsThroughAtOnce() {
    herd.enter(herd::leave);
    herd.enter(herd::leave);
    herd.enter(herd::leave);

    assertThat(enter(1)).isTrue();
    assertThat(enter(2)).isTrue();
    assertThat(begun).containsExactly(1, 2);
  }
}

package dev.belay.agent.door;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** {@link Herd}: never more than so many, everybody in turn. */
final class HerdTest {
  private static final int MANY = 20_000;

  private final Queue<Runnable> loop = new ArrayDeque<>();
  private final Herd herd = new Herd(2, 3, loop::add);
  private final List<Integer> begun = new ArrayList<>();

  private boolean enter(int who) {
    return herd.enter(() -> begun.add(who));
  }

  /** As the loop does, one task behind the other. */
  private void runLoop() {
    for (Runnable task = loop.poll(); task != null; task = loop.poll()) {
      task.run();
    }
  }

  private void leave() {
    herd.leave();
    runLoop();
  }

  @Test
  void shouldLetSoManyInAndTheOthersInTurn() {
    for (int who = 1; who <= 5; who++) {
      assertThat(enter(who)).isTrue();
    }
    assertThat(begun).containsExactly(1, 2);

    leave();
    leave();
    assertThat(begun).containsExactly(1, 2, 3, 4);
    leave();
    leave();
    leave();
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

  /** As when all that wait are refused, since the server is leaving. */
  @Test
  void shouldBearThatAllWhoWaitAreThroughAtOnce() {
    Herd many = new Herd(1, MANY, loop::add);
    many.enter(() -> {});
    for (int i = 0; i < MANY; i++) {
      many.enter(many::leave);
    }

    many.leave();
    runLoop();

    assertThat(many.hasWaiting()).isFalse();
    assertThat(many.enter(() -> begun.add(1))).isTrue();
    assertThat(begun).containsExactly(1);
  }

  @Test
  void shouldKeepThePlaceOfWhoIsAboutToBegin() {
    for (int who = 1; who <= 3; who++) {
      enter(who);
    }
    herd.leave();

    assertThat(enter(4)).isTrue();
    assertThat(begun).containsExactly(1, 2);

    runLoop();
    assertThat(begun).containsExactly(1, 2, 3);
  }
}

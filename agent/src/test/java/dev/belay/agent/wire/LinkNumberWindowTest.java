package dev.belay.agent.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Each link number once, whatever the order. */
final class LinkNumberWindowTest {

  private static final int SCENARIOS = 60;
  private static final int STEPS = 5_000;

  private final LinkNumberWindow window = new LinkNumberWindow();

  @Test
  void shouldAcceptEachNumberOnce() {
    assertThat(window.accept(0)).isTrue();
    assertThat(window.accept(1)).isTrue();

    assertThat(window.accept(0)).isFalse();
    assertThat(window.accept(1)).isFalse();
  }

  @Test
  void shouldAcceptNumbersThatAreLate() {
    assertThat(window.accept(5000)).isTrue();

    assertThat(window.accept(4999)).isTrue();
    assertThat(window.accept(905)).isTrue();
    assertThat(window.accept(905)).isFalse();
  }

  @Test
  void shouldRefuseNumbersThatAreTooOldToTell() {
    assertThat(window.accept(5000)).isTrue();

    assertThat(window.accept(5000 - LinkNumberWindow.WINDOW)).isFalse();
    assertThat(window.accept(0)).isFalse();
  }

  @Test
  void shouldForgetNothingInsideTheWindowWhenItSlides() {
    assertThat(window.accept(10)).isTrue();

    assertThat(window.accept(10 + LinkNumberWindow.WINDOW - 1)).isTrue();

    assertThat(window.accept(10)).isFalse();
    assertThat(window.accept(11)).isTrue();
  }

  @Test
  void shouldReuseNoOldBitAfterALeap() {
    for (long number = 0; number < LinkNumberWindow.WINDOW; number++) {
      assertThat(window.accept(number)).isTrue();
    }

    assertThat(window.accept(1_000_000)).isTrue();

    assertThat(window.accept(1_000_000 - LinkNumberWindow.WINDOW + 1)).isTrue();
    assertThat(window.accept(999_999)).isTrue();
    assertThat(window.accept(1_000_000)).isFalse();
  }

  @Test
  void shouldEndAtTheLastNumberThereIs() {
    assertThat(window.accept(Long.MAX_VALUE)).isTrue();

    assertThat(window.accept(Long.MAX_VALUE)).isFalse();
    assertThat(window.accept(Long.MAX_VALUE - 1)).isTrue();
    assertThat(window.accept(Long.MIN_VALUE)).isFalse();
    assertThat(window.accept(-1)).isFalse();
  }

  @Test
  void shouldDecideAsASetOfAllNumbersWould() {
    for (long seed = 0; seed < SCENARIOS; seed++) {
      Random random = new Random(seed);
      LinkNumberWindow tested = new LinkNumberWindow();
      Set<Long> seen = new HashSet<>();
      long highest = -1;
      int spread = 1 << (1 + random.nextInt(14));

      for (int step = 0; step < STEPS; step++) {
        long number = Math.max(0, highest - spread / 2 + random.nextInt(spread + 1));
        boolean isExpected = number > highest - LinkNumberWindow.WINDOW && seen.add(number);
        highest = Math.max(highest, number);
        assertThat(tested.accept(number))
            .as("seed=%d step=%d number=%d highest=%d", seed, step, number, highest)
            .isEqualTo(isExpected);
      }
    }
  }
}

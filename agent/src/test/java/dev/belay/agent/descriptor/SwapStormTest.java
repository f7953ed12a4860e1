package dev.belay.agent.descriptor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whenever and however links come and go: the application reads exactly the peer's stream and the
 * peer exactly the application's, each byte once.
 */
@Timeout(120)
final class SwapStormTest {
  private static final int STORMS = 12;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldLoseAndRepeatNoByteHoweverLinksComeAndGo(boolean blocking) throws Exception {
    int links = 0;
    for (long seed = 1; seed <= STORMS; seed++) {
      Storm storm = new Storm(seed, blocking);

      long read = storm.run();

      assertThat(read).as("seed=%d links=%d", seed, storm.links()).isEqualTo(storm.inEnd());
      links += storm.links();
    }
    assertThat(links).as("links in all").isGreaterThan(3 * STORMS);
  }
}

package dev.belay.agent.door;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** One line for each who was refused, until it is a flood. */
final class RefusalLogTest {
  private static final long NOW_NS = -5; // a clock may begin anywhere
  private static final int FLOOD = 5 * RefusalLog.MOST_AT_ONCE;

  private final List<String> lines = new ArrayList<>();
  private final RefusalLog log = new RefusalLog(lines::add);

  @Test
  void shouldTellWhoAndWhy() {
    log.refused("192.0.2.1:5", "bad magic", NOW_NS);

    assertThat(lines).containsExactly("refused at the door: from=192.0.2.1:5 reason=bad magic");
  }

  @Test
  void shouldNotTellAllOfAFlood() {
    flood(NOW_NS);

    assertThat(lines).hasSize(RefusalLog.MOST_AT_ONCE);
  }

  @Test
  void shouldTellHowManyWereLeftOut() {
    flood(NOW_NS);
    lines.clear();

    log.refused("later", "bad magic", NOW_NS + TimeUnit.SECONDS.toNanos(1));

    assertThat(lines)
        .containsExactly(
            "refused at the door: from=later reason=bad magic",
            "refused at the door: "
                + (FLOOD - RefusalLog.MOST_AT_ONCE)
                + " more, counted but not told one by one");
  }

  @Test
  void shouldTellSoManyASecondInALongFlood() {
    flood(NOW_NS);
    lines.clear();

    flood(NOW_NS + TimeUnit.SECONDS.toNanos(1));

    assertThat(lines).filteredOn(line -> line.contains("from=")).hasSize(RefusalLog.PER_SECOND);
  }

  @Test
  void shouldTellAllAgainAfterAQuietTime() {
    flood(NOW_NS);
    lines.clear();

    flood(NOW_NS + TimeUnit.HOURS.toNanos(1));

    assertThat(lines).filteredOn(line -> line.contains("from=")).hasSize(RefusalLog.MOST_AT_ONCE);
  }

  private void flood(long nowNs) {
    for (int i = 0; i < FLOOD; i++) {
      log.refused("stranger", "bad magic", nowNs);
    }
  }
}

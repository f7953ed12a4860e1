package dev.belay.agent.descriptor;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for a state that must come: looks at once and then every millisecond. */
public final class Soon {
  private Soon() {}

  /** Returns when the state is there; fails after some seconds. */
  public static void until(String state, Callable<Boolean> isThere) {
    await(state)
        .atMost(Duration.ofSeconds(15))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .until(isThere);
  }
}

package dev.belay.agent.descriptor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sun.nio.ch.BelaySeam;

/** {@code available()} while links come and go: never an exception of a quiet link's. */
@Timeout(60)
final class AvailableTest {
  private static final int ROUNDS = 2000;

  @Test
  void shouldAnswerWhileTheLinkIsTakenAway() throws Exception {
    try (Application application = Application.parked()) {
      AtomicBoolean isOver = new AtomicBoolean();
      Background<Void> asking = Background.start("asking", () -> ask(application, isOver));
      for (int round = 0; round < ROUNDS && !asking.isDone(); round++) {
        try (LinkPair pair = LinkPair.open()) {
          application.install(pair);
          application.guarded().park();
        }
      }
      isOver.set(true);

      asking.result();
    }
  }

  private static Void ask(Application application, AtomicBoolean isOver) throws Exception {
    while (!isOver.get()) {
      assertThat(BelaySeam.available(application.fd())).isZero();
    }
    return null;
  }
}

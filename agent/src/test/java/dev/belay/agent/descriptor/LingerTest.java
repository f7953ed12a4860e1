package dev.belay.agent.descriptor;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.StandardSocketOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sun.nio.ch.BelayNative;

/**
 * Whoever drops the last number of a link whose application wished to linger is kept by the kernel:
 * that must not be the agent's loop.
 */
@Timeout(30) // far below the time to linger
final class LingerTest {
  private static final int LINGER_S = 600;
  private static final byte[] PIECE = new byte[64 << 10];

  /** A link that has taken what its peer does not read. */
  private static void fill(Application application) throws Exception {
    while (application.writeNow(PIECE) != BelayNative.UNAVAILABLE) {
      assertThat(application.session().sentPosition()).isLessThan(64 << 20);
    }
  }

  @Test
  void shouldNotLingerBehindTheApplication() throws Exception {
    try (Application application = Application.parked();
        LinkPair pair = LinkPair.narrow()) {
      application.option(StandardSocketOptions.SO_LINGER, LINGER_S);
      application.guarded().install(pair.link(), null);
      fill(application);
      application.close();

      application.guarded().drop(pair.link());

      assertThat(pair.link().isClosed()).isTrue();
      assertThat(pair.receive(1)).hasSize(1);
    }
  }

  @Test
  void shouldLeaveTheApplicationItsLinger() throws Exception {
    try (Application application = Application.parked();
        LinkPair pair = LinkPair.open()) {
      application.option(StandardSocketOptions.SO_LINGER, LINGER_S);
      application.guarded().install(pair.link(), null);

      application.guarded().drop(pair.link());

      assertThat(pair.link().isClosed()).isTrue();
      assertThat(application.option(StandardSocketOptions.SO_LINGER)).isEqualTo(LINGER_S);
    }
  }

  @Test
  void shouldResetBehindAnApplicationThatAborts() throws Exception {
    try (Application application = Application.parked();
        LinkPair pair = LinkPair.narrow()) {
      application.guarded().install(pair.link(), null);
      fill(application);
      application.option(StandardSocketOptions.SO_LINGER, 0);
      application.close();

      application.guarded().drop(pair.link());

      Soon.until("reset", () -> isReset(pair));
    }
  }

  private static boolean isReset(LinkPair pair) {
    try {
      return pair.receive(PIECE.length).length < 0;
    } catch (java.io.IOException e) {
      return e.getMessage().contains("reset");
    }
  }

  @Test
  void shouldNotLingerOverALinkOfItsOwn() throws Exception {
    try (LinkPair pair = LinkPair.narrow()) {
      pair.link().option(StandardSocketOptions.SO_LINGER, LINGER_S);
      while (pair.link().write(java.nio.ByteBuffer.wrap(PIECE)) != RawSocket.UNAVAILABLE) {
        assertThat(pair.link().isClosed()).isFalse();
      }

      pair.link().close();

      assertThat(pair.receive(1)).hasSize(1);
    }
  }
}

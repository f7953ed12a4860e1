package dev.belay.agent.descriptor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.session.Pump;
import java.io.FileDescriptor;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sun.nio.ch.BelayNative;
import sun.nio.ch.BelaySeam;

/** O_NONBLOCK belongs to the link; what the JDK asked for belongs to the descriptor. */
@Timeout(30)
final class BlockingModeTest {
  private Application application;
  private LinkPair pair;

  @BeforeEach
  void open() throws Exception {
    application = Application.parked();
    pair = LinkPair.open();
  }

  @AfterEach
  void close() throws Exception {
    application.close();
    pair.close();
  }

  private void configureBlocking(boolean blocking) throws IOException {
    BelaySeam.configureBlocking(application.fd(), blocking);
  }

  private boolean isNonBlocking() throws IOException {
    return Kernel.isNonBlocking(application.number());
  }

  @Test
  void shouldGiveTheLinkTheModeThatTheJdkHadAskedForBefore() throws Exception {
    application.install(pair);

    assertThat(isNonBlocking()).isTrue();
  }

  @Test
  void shouldGiveTheLinkTheModeThatWasAskedForWhileParked() throws Exception {
    configureBlocking(true);

    application.install(pair);

    assertThat(isNonBlocking()).isFalse();
  }

  @Test
  void shouldKeepTheModeFromLinkToLink() throws Exception {
    try (LinkPair next = LinkPair.open()) {
      application.install(pair);
      configureBlocking(true);

      application.guarded().park();
      application.install(next);

      assertThat(isNonBlocking()).isFalse();
    }
  }

  @Test
  void shouldChangeTheModeOfALinkAtOnce() throws Exception {
    application.install(pair);

    configureBlocking(true);

    assertThat(isNonBlocking()).isFalse();
    configureBlocking(false);
    assertThat(isNonBlocking()).isTrue();
  }

  @Test
  void shouldTakeASocketThatWasNeverAskedForABlockingOne() throws Exception {
    FileDescriptor fresh = BelayNative.socket();
    int number = BelaySeam.number(fresh);
    BelaySeam.released(fresh);
    GuardedDescriptor guarded = new GuardedDescriptor(fresh, Sessions.ofClient(), new LinkLog());
    guarded.parkUnconnected().close();

    guarded.install(pair.link(), null);

    assertThat(Kernel.isNonBlocking(number)).isFalse();
    BelayNative.close(fresh);
  }

  @Test
  void shouldNotBlockThePumpAndThenGiveTheModeThatIsWanted() throws Exception {
    Pump nothing = Pump.raw(application.session(), 0);
    configureBlocking(true);

    application.guarded().install(pair.link(), nothing);

    assertThat(isNonBlocking()).isTrue();
    assertThat(application.guarded().pump(nothing)).isTrue();
    assertThat(isNonBlocking()).isFalse();
  }

  @Test
  void shouldGiveTheModeThatWasAskedForWhileResending() throws Exception {
    Pump nothing = Pump.raw(application.session(), 0);
    application.guarded().install(pair.link(), nothing);

    configureBlocking(true);

    assertThat(isNonBlocking()).isTrue();
    application.guarded().pump(nothing);
    assertThat(isNonBlocking()).isFalse();
  }

  @Test
  void shouldGiveASuspendedLinkTheModeThatWasAskedForMeanwhile() throws Exception {
    application.install(pair);
    pair.peer().shutdownOutput();
    application.poll(BelayNative.EPOLLIN, 5000);
    application.readNow(1);
    configureBlocking(true);

    application.guarded().unsuspend();

    assertThat(isNonBlocking()).isFalse();
  }

  @Test
  void shouldHandAPlainLinkBackInTheModeThatIsWanted() throws Exception {
    configureBlocking(true);

    assertThat(application.guarded().handBack(pair.link())).isTrue();

    assertThat(isNonBlocking()).isFalse();
  }

  @Test
  void shouldNeverSleepInACallToTheQuietLinkOfABlockingSocket() throws Exception {
    try (Application blocking = Application.parkedBlocking()) {
      assertThat(blocking.readNow(1)).isEqualTo(BelayNative.UNAVAILABLE);
      assertThat(blocking.writeNow(new byte[1])).isEqualTo(BelayNative.UNAVAILABLE);
    }
  }
}

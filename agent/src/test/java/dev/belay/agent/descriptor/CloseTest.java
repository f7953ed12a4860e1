package dev.belay.agent.descriptor;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.StandardSocketOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sun.nio.ch.BelaySeam;

/** How the owner of the session hears that the application has closed. */
@Timeout(30)
final class CloseTest {
  @Test
  void shouldReportACloseInOrder() throws Exception {
    try (Application application = Application.parked();
        LinkPair pair = LinkPair.open()) {
      application.install(pair);

      application.close();

      assertThat(application.log().entries()).containsExactly("closed");
      assertThat(pair.receiveAll()).isEmpty();
    }
  }

  @Test
  void shouldReportACloseWithLingerZeroAsAbortive() throws Exception {
    try (Application application = Application.parked();
        LinkPair pair = LinkPair.open()) {
      application.install(pair);
      application.option(StandardSocketOptions.SO_LINGER, 0);

      application.close();

      assertThat(application.log().entries()).containsExactly("aborted");
    }
  }

  @Test
  void shouldReportACloseWithLingerZeroAsAbortiveWhileParkedToo() throws Exception {
    try (Application application = Application.parked();
        LinkPair pair = LinkPair.open()) {
      application.install(pair);
      application.option(StandardSocketOptions.SO_LINGER, 0);
      application.guarded().park();

      application.close();

      assertThat(application.log().entries()).containsExactly("aborted");
    }
  }

  @Test
  void shouldReportACloseWithAnotherLingerAsOneInOrder() throws Exception {
    try (Application application = Application.parked()) {
      application.option(StandardSocketOptions.SO_LINGER, 1);

      application.close();

      assertThat(application.log().entries()).containsExactly("closed");
    }
  }

  @Test
  void shouldReportTheCloseOfASessionThatIsBrokenOff() throws Exception {
    try (Application application = Application.parked()) {
      application.guarded().breakOff();

      application.close();

      assertThat(application.log().entries()).containsExactly("closed");
    }
  }

  @Test
  void shouldReportACloseOnceThoughTheJdkReleasesTwice() throws Exception {
    try (Application application = Application.parked()) {
      application.guarded().released(application.fd()); // preClose

      application.guarded().released(application.fd()); // close

      assertThat(application.log().entries()).containsExactly("closed");
    }
  }

  @Test
  void shouldGuardTheNumberNoLonger() throws Exception {
    try (Application application = Application.parked()) {
      assertThat(BelaySeam.hook(application.fd())).isSameAs(application.guarded());

      BelaySeam.released(application.fd());

      assertThat(BelaySeam.hook(application.fd())).isNull();
    }
  }

  @Test
  void shouldNotEndTheGuardingOfAnother() throws Exception {
    try (Application application = Application.parked()) {
      GuardedDescriptor next =
          new GuardedDescriptor(application.fd(), Sessions.ofClient(), new LinkLog());
      BelaySeam.guard(application.number(), next);

      application.guarded().released(application.fd());

      assertThat(BelaySeam.hook(application.fd())).isSameAs(next);
    }
  }
}

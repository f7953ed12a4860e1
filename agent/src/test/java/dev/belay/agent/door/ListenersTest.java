package dev.belay.agent.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.config.Settings;
import java.net.InetAddress;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** {@link Listeners}: what it remembers does not grow with the ports that there have been. */
final class ListenersTest {
  private final Listeners listeners =
      new Listeners(Settings.load(null, Map.of(), new Properties()).settings().services());

  @Test
  void shouldShareTheAddressOfSessionsThatCameToTheSamePlace() {
    InetAddress here = InetAddress.getLoopbackAddress();

    assertThat(listeners.local(here, 7001)).isSameAs(listeners.local(here, 7001));
    assertThat(listeners.local(here, 7001)).isNotEqualTo(listeners.local(here, 7002));
  }

  @Test
  void shouldForgetAddressesOfAnApplicationThatListensOnEverNewPorts() {
    for (int port = 1; port < 65_536; port++) {
      assertThat(listeners.local(InetAddress.getLoopbackAddress(), port).getPort()).isEqualTo(port);
    }

    assertThat(listeners.locals()).isBetween(1, 1024);
  }
}

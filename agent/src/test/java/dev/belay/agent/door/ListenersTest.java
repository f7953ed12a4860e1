package dev.belay.agent.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.config.Settings;
import java.io.FileDescriptor;
import java.net.InetAddress;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import sun.nio.ch.BelayNative;

/** {@link Listeners}: who is there, and nothing of the ports that there have been. */
final class ListenersTest {
  private final Listeners listeners =
      new Listeners(Settings.load(null, Map.of(), new Properties()).settings().services());

  @Test
  void shouldShareTheAddressOfSessionsThatCameToTheSamePlace() {
    InetAddress here = InetAddress.getLoopbackAddress();

    assertThat(listeners.local(here, 7001)).isSameAs(listeners.local(here, 7001));
    assertThat(listeners.local(here, 7001)).isNotEqualTo(listeners.local(here, 7002));
  }

  /** As of two addresses, or of an application that listens anew before it closes. */
  @Test
  void shouldServeAPortUntilItsLastListenerIsClosed() throws Exception {
    FileDescriptor first = bound("127.0.0.1", 0);
    int port = BelayNative.localAddress(first).getPort();
    FileDescriptor second = bound("127.0.0.2", port);
    try {
      assertThat(listeners.note(first)).isNotNull();
      assertThat(listeners.note(second)).isNull(); // the service is known
      String service = String.valueOf(port);

      listeners.forget(second);
      assertThat(listeners.of(service).address().getHostAddress()).isEqualTo("127.0.0.1");
      assertThat(listeners.all()).hasSize(1);

      listeners.forget(first);
      assertThat(listeners.of(service)).isNull();
      assertThat(listeners.note(first)).isNotNull();
    } finally {
      BelayNative.close(first);
      BelayNative.close(second);
    }
  }

  private static FileDescriptor bound(String address, int port) throws Exception {
    FileDescriptor fd = BelayNative.socket();
    BelayNative.bind(fd, InetAddress.getByName(address), port);
    return fd;
  }

  @Test
  void shouldForgetAddressesOfAnApplicationThatListensOnEverNewPorts() {
    for (int port = 1; port < 65_536; port++) {
      assertThat(listeners.local(InetAddress.getLoopbackAddress(), port).getPort()).isEqualTo(port);
    }

    assertThat(listeners.locals()).isBetween(1, 1024);
  }
}

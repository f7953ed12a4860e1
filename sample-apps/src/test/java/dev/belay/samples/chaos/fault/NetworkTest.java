package dev.belay.samples.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.samples.launch.Ports;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The damage is real, is done to our ports only, and can be undone. Needs CAP_NET_ADMIN. */
@Timeout(30)
class NetworkTest {

  private static final int SILENCE_MS = 100;

  private Network network;
  private Ports ports;
  private ServerSocket door;
  private Socket client;
  private Socket server;

  @BeforeEach
  void connect() throws IOException, InterruptedException {
    network = Network.open();
    ports = Ports.free();
    door = new ServerSocket(ports.door(), 8, InetAddress.getLoopbackAddress());
    client = new Socket(door.getInetAddress(), door.getLocalPort());
    server = door.accept();
  }

  @AfterEach
  void close() throws IOException, InterruptedException {
    server.close();
    client.close();
    door.close();
    network.close();
  }

  @Test
  void shouldResetConnectionsAndLetNewOnesIn() throws Exception {
    assumeTrue(network.canEvict(), () -> network.missing().toString());

    network.reset(ports);

    assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    try (Socket another = new Socket(door.getInetAddress(), door.getLocalPort())) {
      assertThat(another.isConnected()).isTrue();
    }
  }

  @Test
  void shouldSilenceAPortAndGiveItItsVoiceBack() throws Exception {
    assumeTrue(network.canEvict(), () -> network.missing().toString());
    client.setSoTimeout(SILENCE_MS);

    network.silence(ports);
    server.getOutputStream().write(7);
    assertThatThrownBy(() -> client.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
    network.restore(ports);
    client.setSoTimeout(10_000);

    assertThat(client.getInputStream().read()).isEqualTo(7); // the kernel sends it again
  }

  @Test
  void shouldEvictAndLetInAgain() throws Exception {
    assumeTrue(network.canEvict(), () -> network.missing().toString());

    network.evict(ports);
    assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    assertThatThrownBy(() -> new Socket(door.getInetAddress(), door.getLocalPort()))
        .isInstanceOf(ConnectException.class);
    network.restore(ports);

    try (Socket another = new Socket(door.getInetAddress(), door.getLocalPort())) {
      assertThat(another.isConnected()).isTrue();
    }
  }

  @Test
  void shouldNameWhatCannotBeDone() {
    boolean all = network.missing().isEmpty();

    assertThat(network.canEvict()).isEqualTo(all);
    assertThat(network.missing()).doesNotContainKeys(FaultKind.KILL, FaultKind.STOP);
  }
}

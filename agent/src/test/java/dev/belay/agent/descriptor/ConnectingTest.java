package dev.belay.agent.descriptor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileDescriptor;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sun.nio.ch.BelayHook;
import sun.nio.ch.BelayNative;
import sun.nio.ch.BelaySeam;

/** What the JDK's connect is told while the agent connects for it, and the addresses it sees. */
@Timeout(30)
final class ConnectingTest {
  private static final byte[] HELLO = "hello".getBytes(US_ASCII);

  private Application application;
  private GuardedDescriptor guarded;
  private LinkPair pair;

  @BeforeEach
  void open() throws Exception {
    application = Application.parked();
    guarded = application.guarded();
    pair = LinkPair.open();
  }

  @AfterEach
  void close() throws Exception {
    application.close();
    pair.close();
  }

  @Test
  void shouldLeaveAConnectThatIsNoneOfItsOwnToTheKernel() throws Exception {
    assertThat(guarded.pollConnect()).isEqualTo(BelayHook.PASS);
  }

  @Test
  void shouldSayNotYetUntilTheSessionIsOpen() throws Exception {
    guarded.connecting();

    assertThat(guarded.pollConnect()).isZero();
    assertThat(BelaySeam.pollConnectNow(application.fd())).isFalse();
    assertThat(application.poll(BelayNative.EPOLLOUT, 0)).isFalse();
  }

  @Test
  void shouldSayConnectedWhenTheSessionIsOpen() throws Exception {
    InetSocketAddress local = pair.link().localAddress();
    guarded.connecting();

    guarded.connected(local);
    application.install(pair);

    assertThat(BelaySeam.pollConnectNow(application.fd())).isTrue();
    assertThat(BelaySeam.localAddress(application.fd())).isEqualTo(local);
  }

  @Test
  void shouldWakeTheThreadThatWaitsInConnect() throws Exception {
    guarded.connecting();
    Background<Boolean> connect =
        Background.start("connect", () -> application.poll(BelayNative.EPOLLOUT, 10_000));
    Kernel.awaitInside(connect, "poll");

    guarded.connected(pair.link().localAddress());
    application.install(pair);

    connect.result();
    assertThat(BelaySeam.pollConnectNow(application.fd())).isTrue();
  }

  @Test
  void shouldThrowWhyTheConnectFailedAndWakeWhoWaitsForIt() throws Exception {
    guarded.connecting();
    Background<Boolean> connect =
        Background.start("connect", () -> application.poll(BelayNative.EPOLLOUT, 10_000));
    Kernel.awaitInside(connect, "poll");
    IOException refused = new ConnectException("Connection refused");

    guarded.connectFailed(refused);

    assertThat(connect.result()).isTrue();
    assertThatThrownBy(() -> BelaySeam.pollConnectNow(application.fd()))
        .isInstanceOf(ConnectException.class)
        .hasMessage("Connection refused");
    assertThatThrownBy(() -> BelaySeam.beforeCheckConnect(application.number()))
        .isInstanceOf(ConnectException.class);
  }

  @Test
  void shouldKeepTheSocketThatTheApplicationMadeAsASocketOfOurs() throws Exception {
    FileDescriptor fd = BelayNative.socket();
    BelayNative.bind(fd, InetAddress.getLoopbackAddress(), 0);
    InetSocketAddress bound = BelayNative.localAddress(fd);
    GuardedDescriptor fresh = new GuardedDescriptor(fd, Sessions.ofClient(), new LinkLog());

    RawSocket original = fresh.parkUnconnected();

    assertThat(original.localAddress()).isEqualTo(bound);
    assertThat(BelayNative.localAddress(fd)).isNotEqualTo(bound);
    assertThat(Kernel.isNonBlocking(original.number())).isTrue();
    original.close();
    BelayNative.close(fd);
  }

  @Test
  void shouldHandBackAPlainConnection() throws Exception {
    guarded.connecting();
    Background<Boolean> connect =
        Background.start("connect", () -> application.poll(BelayNative.EPOLLOUT, 10_000));
    Kernel.awaitInside(connect, "poll");

    assertThat(guarded.handBack(pair.link())).isTrue();

    connect.result();
    assertThat(BelaySeam.hook(application.fd())).isNull();
    assertThat(BelaySeam.pollConnectNow(application.fd())).isTrue();
    application.writeFully(HELLO);
    assertThat(pair.receive(5)).isEqualTo(HELLO);
    assertThat(application.session().sentPosition()).isZero();
  }

  @Test
  void shouldNotTouchAPlainConnectionAnyMore() throws Exception {
    guarded.handBack(pair.link());
    pair.link().close();

    guarded.park();
    guarded.breakOff();

    application.writeFully(HELLO);
    assertThat(pair.receive(5)).isEqualTo(HELLO);
  }

  @Test
  void shouldLetACallThatBeganBeforeTheHandBackReachThePlainConnection() throws Exception {
    guarded.handBack(pair.link());

    assertThat(guarded.beginRead()).isEqualTo(BelayHook.GO);
    assertThat(guarded.beginWrite()).isEqualTo(BelayHook.GO);
    assertThat(guarded.available()).isZero(); // bytes, as the kernel says
  }

  @Test
  void shouldShowTheAddressesThatTheApplicationBelievesIn() throws Exception {
    InetSocketAddress local = new InetSocketAddress("192.0.2.1", 7001);
    InetSocketAddress remote = new InetSocketAddress("192.0.2.2", 50_000);

    guarded.addresses(local, remote);
    application.install(pair);

    assertThat(BelaySeam.localAddress(application.fd())).isEqualTo(local);
    assertThat(BelaySeam.remoteAddress(application.fd())).isEqualTo(remote);
  }

  @Test
  void shouldServeAnAcceptedConnectionFromItsOwnLinkForTheTimeBeing() throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    FileDescriptor listener = BelayNative.socket();
    BelayNative.bind(listener, loopback, 0);
    BelayNative.listen(listener, 1);
    try (Socket bell = new Socket(loopback, BelayNative.localAddress(listener).getPort())) {
      FileDescriptor accepted = BelayNative.accept(listener, new InetSocketAddress[1]);
      try (Application server = Application.accepted(accepted, Sessions.ofServer(), null)) {
        bell.getOutputStream().write(HELLO);

        assertThat(server.readFully(5)).isEqualTo(HELLO);
        assertThat(server.session().receivedPosition()).isEqualTo(5);
        assertThat(server.guarded().park()).isTrue();
      }
    }
    BelayNative.close(listener);
  }

  @Test
  void shouldRefuseUrgentDataButOnlyForGuardedSockets() throws Exception {
    application.install(pair);

    assertThatThrownBy(() -> BelaySeam.sendOOB(application.fd(), (byte) 1))
        .hasMessage("Urgent data not supported");

    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      FileDescriptor plain = BelayNative.socket();
      BelayNative.connect(plain, listener.getInetAddress(), listener.getLocalPort());
      assertThat(BelaySeam.sendOOB(plain, (byte) 1)).isEqualTo(1);
      BelayNative.close(plain);
    }
  }
}

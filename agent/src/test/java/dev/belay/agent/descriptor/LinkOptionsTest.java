package dev.belay.agent.descriptor;

import static java.net.StandardSocketOptions.IP_TOS;
import static java.net.StandardSocketOptions.SO_KEEPALIVE;
import static java.net.StandardSocketOptions.SO_LINGER;
import static java.net.StandardSocketOptions.SO_RCVBUF;
import static java.net.StandardSocketOptions.SO_SNDBUF;
import static java.net.StandardSocketOptions.TCP_NODELAY;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileDescriptor;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import sun.nio.ch.BelayNative;
import sun.nio.ch.BelaySeam;

/** Options that the application set stay set, whatever link is under its descriptor. */
@Timeout(30)
final class LinkOptionsTest {
  private static final int BUFFER_BYTES = 50_000;
  private static final int TOS = 0x10;

  private Application application;
  private LinkPair first;
  private LinkPair second;

  @BeforeEach
  void open() throws Exception {
    application = Application.parked();
    first = LinkPair.open();
    second = LinkPair.open();
  }

  @AfterEach
  void close() throws Exception {
    application.close();
    first.close();
    second.close();
  }

  private void checkCarried(SocketOption<?> name, Object value, Object kept) throws Exception {
    application.install(first);
    application.option(name, value);
    application.guarded().park();
    assertThat(application.option(name)).as("while parked").isEqualTo(kept);

    application.install(second);

    assertThat(application.option(name)).as("on the next link").isEqualTo(kept);
  }

  @Test
  void shouldCarryNoDelay() throws Exception {
    checkCarried(TCP_NODELAY, true, true);
  }

  @Test
  void shouldCarryKeepAlive() throws Exception {
    checkCarried(SO_KEEPALIVE, true, true);
  }

  @Test
  void shouldCarryLinger() throws Exception {
    checkCarried(SO_LINGER, 3, 3);
  }

  @Test
  void shouldCarryAReceiveBufferThatTheApplicationSet() throws Exception {
    checkCarried(SO_RCVBUF, BUFFER_BYTES, BUFFER_BYTES);
  }

  @Test
  void shouldCarryASendBufferThatTheApplicationSet() throws Exception {
    checkCarried(SO_SNDBUF, BUFFER_BYTES, BUFFER_BYTES);
  }

  @Test
  void shouldCarryWhatWasSetWhileParked() throws Exception {
    application.option(TCP_NODELAY, true);
    application.option(SO_RCVBUF, BUFFER_BYTES);

    application.install(first);

    assertThat(application.option(TCP_NODELAY)).isEqualTo(true);
    assertThat(application.option(SO_RCVBUF)).isEqualTo(BUFFER_BYTES);
  }

  @Test
  void shouldCarryWhatWasSwitchedOffAgain() throws Exception {
    second.link().option(TCP_NODELAY, true);
    application.install(first);
    application.option(TCP_NODELAY, false);
    application.guarded().park();

    application.install(second);

    assertThat(application.option(TCP_NODELAY)).isEqualTo(false);
  }

  @Test
  void shouldLeaveBuffersToTheKernelUnlessTheApplicationSetThem() throws Exception {
    Object own = second.link().option(SO_SNDBUF);
    first.link().option(SO_SNDBUF, BUFFER_BYTES);
    application.install(first);
    application.guarded().park();

    application.install(second);

    assertThat(application.option(SO_SNDBUF)).isEqualTo(own);
  }

  @Test
  void shouldCarryWhatTheSocketHadBeforeItWasGuarded() throws Exception {
    FileDescriptor fd = BelayNative.socket();
    BelaySeam.setSocketOption(fd, TCP_NODELAY, true);
    GuardedDescriptor guarded = new GuardedDescriptor(fd, Sessions.ofClient(), new LinkLog());
    guarded.parkUnconnected().close();

    guarded.install(first.link(), null);

    assertThat(BelayNative.option(fd, TCP_NODELAY)).isEqualTo(true);
    BelaySeam.released(fd);
    BelayNative.close(fd);
  }

  @Test
  void shouldCarryAReceiveBufferThatWasSetBeforeTheSocketWasGuarded() throws Exception {
    FileDescriptor fd = BelayNative.socket();
    BelaySeam.setSocketOption(fd, SO_RCVBUF, BUFFER_BYTES);
    GuardedDescriptor guarded = new GuardedDescriptor(fd, Sessions.ofClient(), new LinkLog());
    guarded.parkUnconnected().close();

    guarded.install(first.link(), null);

    assertThat(BelayNative.option(fd, SO_RCVBUF)).isEqualTo(BUFFER_BYTES);
    BelaySeam.released(fd);
    BelayNative.close(fd);
  }

  @Test
  void shouldCarryWhatIsSetWhileTheSocketBecomesGuarded() throws Exception {
    FileDescriptor fd = BelayNative.socket();
    GuardedDescriptor guarded = new GuardedDescriptor(fd, Sessions.ofClient(), new LinkLog());
    BelaySeam.setSocketOption(fd, TCP_NODELAY, true);
    BelaySeam.guard(BelaySeam.number(fd), guarded);
    guarded.parkUnconnected().close();

    guarded.install(first.link(), null);

    assertThat(BelayNative.option(fd, TCP_NODELAY)).isEqualTo(true);
    BelaySeam.released(fd);
    BelayNative.close(fd);
  }

  @Test
  void shouldCarryWhatMayHaveBeenSetBeforeTheAgentCame() throws Exception {
    FileDescriptor fd = BelayNative.socket();
    BelayNative.option(fd, TCP_NODELAY, true);

    LinkOptions.of(Map.of(), false).carry(fd, first.link());

    assertThat(first.link().option(TCP_NODELAY)).isEqualTo(true);
    BelayNative.close(fd);
  }

  @Test
  void shouldForgetWhatWasSetOnASocketThatIsClosed() throws Exception {
    FileDescriptor fd = BelayNative.socket();
    int number = BelaySeam.number(fd);
    BelaySeam.setSocketOption(fd, SO_RCVBUF, BUFFER_BYTES);

    BelaySeam.released(fd);
    BelayNative.close(fd);

    assertThat(BelaySeam.optionsSet(number)).isEmpty();
  }

  @Test
  void shouldCarryTheTypeOfService() throws Exception {
    application.install(first);
    BelaySeam.setSocketOption(application.fd(), StandardProtocolFamily.INET6, IP_TOS, TOS);
    application.guarded().park();

    application.install(second);

    assertThat(application.option(IP_TOS)).isEqualTo(TOS);
  }

  @EnabledForJreRange(min = JRE.JAVA_25)
  @Test
  void shouldCarryTheTypeOfServiceSetAsNewerJdksDo() throws Exception {
    application.install(first);
    BelaySeam.setIpSocketOption(application.fd(), StandardProtocolFamily.INET6, IP_TOS, TOS);
    application.guarded().park();

    application.install(second);

    assertThat(application.option(IP_TOS)).isEqualTo(TOS);
  }

  @Test
  void shouldNotLoseTheLinkForAnOptionThatItDoesNotKnow() throws Exception {
    application.guarded().optionSet(IP_TOS, "not a number");
    application.option(TCP_NODELAY, true);
    application.option(SO_SNDBUF, BUFFER_BYTES);
    application.option(SO_RCVBUF, BUFFER_BYTES);

    assertThat(application.guarded().install(first.link(), null)).isTrue();

    assertThat(application.option(TCP_NODELAY)).isEqualTo(true);
    assertThat(application.option(SO_SNDBUF)).isEqualTo(BUFFER_BYTES);
    assertThat(application.option(SO_RCVBUF)).isEqualTo(BUFFER_BYTES);
  }
}

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
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sun.nio.ch.BelayNative;

/** The agent's own sockets. */
@Timeout(30)
final class RawSocketTest {
  private static final byte[] HELLO = "hello".getBytes(US_ASCII);

  @Test
  void shouldReadAndWriteWithoutWaiting() throws Exception {
    try (LinkPair pair = LinkPair.open()) {
      ByteBuffer target = ByteBuffer.allocate(5);
      assertThat(pair.link().read(target)).isEqualTo(RawSocket.UNAVAILABLE);

      assertThat(pair.link().write(ByteBuffer.wrap(HELLO))).isEqualTo(5);
      pair.send(pair.receive(5));
      Soon.until("echo", () -> pair.link().read(target) == 5);

      assertThat(target.array()).isEqualTo(HELLO);
      pair.peer().close();
      Soon.until("end", () -> pair.link().read(ByteBuffer.allocate(1)) == RawSocket.EOF);
    }
  }

  @Test
  void shouldResetTheLinkAndKeepItsPortWhenItDisconnects() throws Exception {
    InetAddress here = InetAddress.getLoopbackAddress();
    RawSocket socket = RawSocket.open();
    RawSocket other = RawSocket.open();
    try (ServerSocket listener = new ServerSocket(0, 1, here);
        ServerSocket anyPort = new ServerSocket(0, 1, here)) {
      int port = anyPort.getLocalPort();
      anyPort.close();
      socket.bind(here, port);
      socket.connect(new InetSocketAddress(here, listener.getLocalPort()));
      Socket peer = listener.accept();

      socket.disconnect();

      assertThatThrownBy(() -> peer.getInputStream().read()).hasMessageContaining("reset");
      assertThatThrownBy(() -> other.bind(here, port)).hasMessageContaining("in use");
      socket.close();
      other.bind(here, port);
      peer.close();
    } finally {
      socket.close();
      other.close();
    }
  }

  /** A process that ends closes its sockets; what it has sent before is still to be read. */
  @Test
  void shouldKnowThatThePeerHasEndedWithoutReading() throws Exception {
    try (LinkPair pair = LinkPair.open()) {
      assertThat(pair.link().hasPeerEnded()).isFalse();
      pair.send(HELLO);
      assertThat(pair.link().hasPeerEnded()).isFalse();

      pair.peer().close();

      Soon.until("it has ended", pair.link()::hasPeerEnded);
      assertThat(pair.link().read(ByteBuffer.allocate(10))).isEqualTo(HELLO.length);
    }
  }

  @Test
  void shouldTakeAResetAndItsOwnCloseForThePeersEnd() throws Exception {
    try (LinkPair pair = LinkPair.open();
        LinkPair other = LinkPair.open()) {
      pair.reset();
      other.link().close();

      Soon.until("it is reset", pair.link()::hasPeerEnded);
      assertThat(other.link().hasPeerEnded()).isTrue();
    }
  }

  @Test
  void shouldTakeNoMoreThanThereIsRoomFor() throws Exception {
    try (LinkPair pair = LinkPair.narrow()) {
      ByteBuffer much = ByteBuffer.allocate(8 << 20);

      Soon.until("full", () -> pair.link().write(much) == RawSocket.UNAVAILABLE);

      assertThat(much.hasRemaining()).isTrue();
    }
  }

  @Test
  void shouldBeReadableFromSoManyBytesOnOrAtTheEnd() throws Exception {
    FileDescriptor fd = BelayNative.socket();
    RawSocket socket = RawSocket.duplicateOf(fd);
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      BelayNative.connect(fd, listener.getInetAddress(), listener.getLocalPort());
      Socket peer = listener.accept();
      socket.readableFrom(1000);

      peer.getOutputStream().write(new byte[999]);
      Soon.until("all but one", () -> BelayNative.available(fd) == 999);
      boolean isReadableEarly = BelayNative.isReadable(fd);
      peer.getOutputStream().write(1);
      Soon.until("enough", () -> BelayNative.isReadable(fd));
      int read = socket.read(ByteBuffer.allocate(2000));
      peer.close();

      assertThat(isReadableEarly).isFalse();
      assertThat(read).isEqualTo(1000);
      Soon.until("end", () -> BelayNative.isReadable(fd));
    } finally {
      socket.close();
      BelayNative.close(fd);
    }
  }

  @Test
  void shouldAcceptWhoeverConnects() throws Exception {
    RawSocket listener = RawSocket.open();
    listener.bind(InetAddress.getLoopbackAddress(), 0);
    listener.listen(1);
    assertThat(listener.accept()).isNull();

    try (Socket visitor = new Socket()) {
      visitor.connect(listener.localAddress());
      RawSocket accepted = listener.accept();

      assertThat(accepted.remoteAddress()).isEqualTo(visitor.getLocalSocketAddress());
      assertThat(Kernel.isNonBlocking(accepted.number())).isTrue();
      accepted.close();
    }
    listener.close();
  }

  @Test
  void shouldSayWhyAConnectFailed() throws Exception {
    RawSocket socket = RawSocket.open();
    InetAddress loopback = InetAddress.getLoopbackAddress();
    int unused;
    try (ServerSocket listener = new ServerSocket(0, 1, loopback)) {
      unused = listener.getLocalPort();
    }

    assertThatThrownBy(
            () -> {
              socket.connect(new InetSocketAddress(loopback, unused));
              Soon.until("refused", socket::isConnected);
            })
        .isInstanceOf(ConnectException.class);
    socket.close();
  }

  @Test
  void shouldNotReachTheKernelAfterItsClose() throws Exception {
    RawSocket socket = RawSocket.open();
    int number = socket.number();

    socket.close();

    FileDescriptor next = Kernel.openAt(number);
    String file = Kernel.fileOf(number);
    assertThatThrownBy(() -> socket.write(ByteBuffer.wrap(HELLO)))
        .isInstanceOf(IOException.class)
        .hasMessage("socket closed: number=" + number);
    assertThatThrownBy(() -> socket.read(ByteBuffer.allocate(1))).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> socket.configureBlocking(true)).isInstanceOf(IOException.class);
    socket.shutdown(BelayNative.SHUT_BOTH);
    socket.close();
    socket.reset();
    assertThat(Kernel.fileOf(number)).isEqualTo(file);
    BelayNative.close(next);
  }

  @Test
  void shouldShareEverythingButTheNumberWithADuplicate() throws Exception {
    FileDescriptor fd = BelayNative.socket();
    BelayNative.bind(fd, InetAddress.getLoopbackAddress(), 0);
    InetSocketAddress bound = BelayNative.localAddress(fd);

    RawSocket duplicate = RawSocket.duplicateOf(fd);
    BelayNative.close(fd);

    assertThat(duplicate.localAddress()).isEqualTo(bound);
    duplicate.close();
  }

  @Test
  void shouldGiveEachQuietLinkAnAddressOfItsOwn() throws Exception {
    RawSocket one = RawSocket.quiet();
    RawSocket other = RawSocket.quiet();

    assertThat(one.localAddress().getAddress().isLoopbackAddress()).isTrue();
    assertThat(one.localAddress()).isNotEqualTo(other.localAddress());

    one.close();
    other.close();
  }

  @Test
  void shouldLetThePeerNoticeAResetAtOnce() throws Exception {
    try (LinkPair pair = LinkPair.open()) {
      pair.link().reset();

      assertThatThrownBy(() -> pair.receive(1)).hasMessage("Connection reset");
      assertThat(pair.link().isClosed()).isTrue();
    }
  }

  @Test
  void shouldLiveOnUnderItsOtherNumbers() throws Exception {
    try (Application application = Application.parked();
        LinkPair pair = LinkPair.open()) {
      pair.link().option(StandardSocketOptions.TCP_NODELAY, true);
      application.guarded().install(pair.link(), null);

      pair.link().close();

      application.writeFully(HELLO);
      assertThat(pair.receive(5)).isEqualTo(HELLO);
    }
  }
}

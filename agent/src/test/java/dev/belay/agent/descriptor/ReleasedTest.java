package dev.belay.agent.descriptor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.agent.session.Pump;
import java.io.FileDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sun.nio.ch.BelayNative;
import sun.nio.ch.BelaySeam;

/**
 * A closed descriptor's number belongs to the next socket at once: whatever comes late must leave
 * it alone.
 */
@Timeout(60)
final class ReleasedTest {
  private static final byte[] HELLO = "hello".getBytes(US_ASCII);
  private static final int ROUNDS = 300;

  /** Held here: a buffer that nobody holds is freed while its address is still in use. */
  private static final ByteBuffer SENT = Application.direct(HELLO);

  /** Somebody else's connection, under the number that was ours. */
  private static final class Stranger implements AutoCloseable {
    private final FileDescriptor fd;
    private final Socket peer;
    private final String file;

    Stranger(FileDescriptor fd) throws Exception {
      this.fd = fd;
      this.file = Kernel.fileOf(BelaySeam.number(fd));
      InetAddress loopback = InetAddress.getLoopbackAddress();
      try (ServerSocket listener = new ServerSocket(0, 1, loopback)) {
        BelayNative.connect(fd, loopback, listener.getLocalPort());
        peer = listener.accept();
      }
      peer.setSoTimeout(10_000);
      assertThat(BelayNative.remoteAddress(fd))
          .isEqualTo(new InetSocketAddress(loopback, peer.getLocalPort()));
    }

    void shouldBeUnharmed() throws Exception {
      assertThat(Kernel.fileOf(BelaySeam.number(fd))).isEqualTo(file);
      assertThat(Kernel.isNonBlocking(BelaySeam.number(fd))).isFalse();
      BelayNative.write(fd, Application.direct(HELLO));
      assertThat(peer.getInputStream().readNBytes(5)).isEqualTo(HELLO);
    }

    @Override
    public void close() throws Exception {
      BelayNative.close(fd);
      peer.close();
    }
  }

  static Stream<Named<Consumer<GuardedDescriptor>>> lateCalls() {
    return Stream.of(
        Named.of("park", GuardedDescriptor::park),
        Named.of("breakOff", GuardedDescriptor::breakOff),
        Named.of("endInOrder", GuardedDescriptor::endInOrder),
        Named.of("unsuspend", GuardedDescriptor::unsuspend),
        Named.of("loseSuspended", GuardedDescriptor::loseSuspended),
        Named.of("freeze", GuardedDescriptor::freeze),
        Named.of("useOwnLink", GuardedDescriptor::useOwnLink));
  }

  @ParameterizedTest
  @MethodSource("lateCalls")
  void shouldLeaveTheNextSocketAlone(Consumer<GuardedDescriptor> late) throws Exception {
    try (Application application = Application.parked();
        LinkPair pair = LinkPair.open()) {
      application.install(pair);
      application.close();
      try (Stranger stranger = new Stranger(Kernel.openAt(application.number()))) {
        late.accept(application.guarded());

        stranger.shouldBeUnharmed();
      }
    }
  }

  @Test
  void shouldTakeNoLinkForTheNextSocket() throws Exception {
    try (Application application = Application.parked();
        LinkPair pair = LinkPair.open()) {
      application.close();
      try (Stranger stranger = new Stranger(Kernel.openAt(application.number()))) {
        GuardedDescriptor late = application.guarded();

        assertThat(late.install(pair.link(), null)).isFalse();
        assertThat(late.install(pair.link(), Pump.raw(application.session(), 0))).isFalse();
        assertThat(late.handBack(pair.link())).isFalse();

        stranger.shouldBeUnharmed();
      }
    }
  }

  @Test
  void shouldPutNoSuspendedLinkUnderTheNextSocket() throws Exception {
    try (Application application = Application.parked();
        LinkPair pair = LinkPair.open()) {
      application.install(pair);
      pair.peer().shutdownOutput();
      application.poll(BelayNative.EPOLLIN, 5000);
      application.readNow(1);
      assertThat(application.guarded().isSuspended()).isTrue();
      application.close();
      try (Stranger stranger = new Stranger(Kernel.openAt(application.number()))) {
        application.guarded().unsuspend();

        stranger.shouldBeUnharmed();
      }
    }
  }

  @Test
  void shouldLeaveTheNextSocketAloneWhenAResendFailsLate() throws Exception {
    try (Application application = Application.parked();
        LinkPair pair = LinkPair.open()) {
      application.session().sent(JdkMemory.addressOf(SENT), HELLO.length);
      Pump owed = Pump.raw(application.session(), 0);
      application.guarded().install(pair.link(), owed);
      application.close();
      pair.link().close();
      try (Stranger stranger = new Stranger(Kernel.openAt(application.number()))) {
        application.guarded().pump(owed);

        stranger.shouldBeUnharmed();
      }
    }
  }

  @Test
  void shouldLeaveTheNextSocketAloneWhenACallInProgressFailsLate() throws Exception {
    try (Application application = Application.parked();
        LinkPair pair = LinkPair.open()) {
      application.install(pair);
      application.guarded().beginRead();
      application.close();
      try (Stranger stranger = new Stranger(Kernel.openAt(application.number()))) {
        IOException failure = new IOException("Bad file descriptor");

        assertThatThrownBy(() -> application.guarded().readFailed(failure)).isSameAs(failure);

        stranger.shouldBeUnharmed();
        assertThat(application.log().entries()).containsExactly("closed");
      }
    }
  }

  @Test
  void shouldLeaveTheNextSocketAloneWhenCloseAndSwapRace() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      Application application = Application.parked();
      Background<?> swapper = Background.start("swapper", () -> swap(application));

      application.close();
      FileDescriptor next = BelayNative.socket();
      String file = Kernel.fileOf(BelaySeam.number(next));
      swapper.result();

      assertThat(Kernel.fileOf(BelaySeam.number(next))).as("round %d", round).isEqualTo(file);
      BelayNative.close(next);
    }
  }

  private static Void swap(Application application) throws Exception {
    RawSocket link = RawSocket.open();
    application.guarded().install(link, null);
    application.guarded().park();
    application.guarded().breakOff();
    link.close();
    return null;
  }
}

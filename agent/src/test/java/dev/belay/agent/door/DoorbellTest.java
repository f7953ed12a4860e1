package dev.belay.agent.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.descriptor.Soon;
import dev.belay.agent.loop.RunningLoop;
import java.io.FileDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sun.nio.ch.BelayNative;
import sun.nio.ch.BelaySeam;

/** {@link Doorbell}: knows its own rings among what a listener accepts. */
@Timeout(60)
final class DoorbellTest {
  private static final RunningLoop LOOP = new RunningLoop("doorbell-test-loop");
  private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.9", 50_009);
  private static final int BACKLOG = 2000;

  private final Doorbell doorbell = new Doorbell(LOOP.loop());
  private final Caller caller = new Caller(CLIENT);
  private Acceptor acceptor;

  /** Somebody at the door. */
  private static final class Caller implements Doorbell.Visitor {
    private final InetSocketAddress address;
    private final List<Integer> accepted = new CopyOnWriteArrayList<>();
    private final List<String> unanswered = new CopyOnWriteArrayList<>();

    Caller(InetSocketAddress address) {
      this.address = address;
    }

    @Override
    public InetSocketAddress accepted(FileDescriptor descriptor, int port) {
      accepted.add(port);
      return address;
    }

    @Override
    public void unanswered(String cause) {
      unanswered.add(cause);
    }
  }

  /** An application that listens and accepts, as the woven JDK does it. */
  private static final class Acceptor implements AutoCloseable {
    private final FileDescriptor fd = BelayNative.socket();
    private final InetSocketAddress local;

    Acceptor(InetAddress address) throws IOException {
      BelayNative.bind(fd, address, 0);
      BelayNative.listen(fd, BACKLOG);
      BelaySeam.configureBlocking(fd, false);
      local = BelayNative.localAddress(fd);
    }

    Listeners.Listener asListener() {
      return new Listeners.Listener(
          "echo", local.getPort(), local.getAddress(), local.getAddress(), false, 1);
    }

    /** Accepts one and asks the bell; the answer is the bell's. */
    InetSocketAddress accept(Doorbell bell) throws IOException {
      InetSocketAddress[] from = new InetSocketAddress[1];
      List<FileDescriptor> taken = new ArrayList<>();
      Soon.until(
          "accepted",
          () -> {
            FileDescriptor accepted = BelayNative.accept(fd, from);
            return accepted != null && taken.add(accepted);
          });
      InetSocketAddress answer = bell.answer(taken.get(0), from[0], local.getPort());
      BelayNative.close(taken.get(0));
      return answer;
    }

    @Override
    public void close() throws IOException {
      BelaySeam.released(fd);
      BelayNative.close(fd);
    }
  }

  @BeforeEach
  void listen() throws Exception {
    acceptor = new Acceptor(InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws Exception {
    acceptor.close();
  }

  private RawSocket ring(Caller visitor) throws Exception {
    return LOOP.call(() -> doorbell.ring(acceptor.asListener(), visitor));
  }

  private static void hangUp(RawSocket bell) throws Exception {
    LOOP.run(() -> LOOP.loop().close(bell));
  }

  @Test
  void shouldRecogniseItsOwnRing() throws Exception {
    assertThat(doorbell.isRinging()).isFalse();
    RawSocket bell = ring(caller);
    assertThat(doorbell.isRinging()).isTrue();

    assertThat(acceptor.accept(doorbell)).isEqualTo(CLIENT);

    assertThat(caller.accepted).containsExactly(acceptor.local.getPort());
    assertThat(doorbell.isRinging()).isFalse();
    hangUp(bell);
  }

  @Test
  void shouldTellItsRingFromAStrangerThatCameFirst() throws Exception {
    try (Socket stranger = new Socket(acceptor.local.getAddress(), acceptor.local.getPort())) {
      RawSocket bell = ring(caller);

      assertThat(acceptor.accept(doorbell)).isNull();
      assertThat(doorbell.isRinging()).isTrue();
      assertThat(acceptor.accept(doorbell)).isEqualTo(CLIENT);

      assertThat(stranger.isConnected()).isTrue();
      assertThat(caller.accepted).hasSize(1);
      hangUp(bell);
    }
  }

  @Test
  void shouldAnswerARingOnce() throws Exception {
    RawSocket bell = ring(caller);
    InetSocketAddress from = bell.localAddress();
    acceptor.accept(doorbell);

    assertThat(doorbell.answer(acceptor.fd, from, acceptor.local.getPort())).isNull();

    assertThat(caller.accepted).hasSize(1);
    hangUp(bell);
  }

  @Test
  void shouldNotTakeTheSamePortOfAnotherMachineForItsRing() throws Exception {
    RawSocket bell = ring(caller);
    InetSocketAddress elsewhere = new InetSocketAddress("192.0.2.1", bell.localAddress().getPort());

    assertThat(doorbell.answer(acceptor.fd, elsewhere, acceptor.local.getPort())).isNull();

    assertThat(caller.accepted).isEmpty();
    assertThat(doorbell.isRinging()).isTrue();
    doorbell.cancel(bell);
    hangUp(bell);
  }

  @Test
  void shouldForgetARingThatIsCancelled() throws Exception {
    RawSocket bell = ring(caller);

    doorbell.cancel(bell);
    doorbell.cancel(bell);

    assertThat(doorbell.isRinging()).isFalse();
    assertThat(acceptor.accept(doorbell)).isNull();
    assertThat(caller.accepted).isEmpty();
    hangUp(bell);
  }

  @Test
  void shouldKeepManyRingsApart() throws Exception {
    List<Caller> callers = new ArrayList<>();
    List<RawSocket> bells = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      callers.add(new Caller(new InetSocketAddress("192.0.2.2", 1 + i)));
      bells.add(ring(callers.get(i)));
    }

    List<InetSocketAddress> answers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      answers.add(acceptor.accept(doorbell));
    }

    assertThat(answers).doesNotContainNull().doesNotHaveDuplicates();
    assertThat(callers).allSatisfy(each -> assertThat(each.accepted).hasSize(1));
    assertThat(doorbell.isRinging()).isFalse();
    for (RawSocket bell : bells) {
      hangUp(bell);
    }
  }

  @Test
  void shouldSayThatNobodyListens() throws Exception {
    Listeners.Listener gone = acceptor.asListener();
    acceptor.close();

    LOOP.run(
        () -> {
          try {
            doorbell.ring(gone, caller);
          } catch (IOException e) {
            caller.unanswered(e.getMessage());
          }
        });

    Soon.until("unanswered", () -> !caller.unanswered.isEmpty());
    assertThat(caller.unanswered).containsExactly("Connection refused");
    assertThat(doorbell.isRinging()).isFalse();
    acceptor = new Acceptor(InetAddress.getLoopbackAddress());
  }

  @Test
  void shouldNoticeAListenerThatIsClosedBeforeItAccepts() throws Exception {
    ring(caller);

    acceptor.close();

    Soon.until("unanswered", () -> !caller.unanswered.isEmpty());
    assertThat(caller.unanswered).hasSize(1);
    assertThat(doorbell.isRinging()).isFalse();
    acceptor = new Acceptor(InetAddress.getLoopbackAddress());
  }

  @Test
  void shouldLeaveARingToItsHandlerThatIsResetAfterwards() throws Exception {
    RawSocket bell = ring(caller);
    LOOP.run(() -> bell.write(ByteBuffer.wrap(new byte[1])));
    acceptor.accept(doorbell); // and closes it with that byte unread

    LOOP.run(() -> {}); // takes a turn in which the reset is seen

    assertThat(caller.unanswered).isEmpty();
    assertThat(bell.isClosed()).isFalse();
    hangUp(bell);
  }

  @Test
  void shouldKeepRingsApartThatHaveTheSamePortOfTwoAddresses() throws Exception {
    try (Acceptor other = new Acceptor(InetAddress.getByName("127.0.0.2"))) {
      List<RawSocket> bells = new ArrayList<>();
      for (int i = 0; i < 700; i++) {
        bells.add(ring(caller));
        bells.add(LOOP.call(() -> doorbell.ring(other.asListener(), caller)));
      }

      for (int i = 0; i < 700; i++) {
        assertThat(acceptor.accept(doorbell)).isEqualTo(CLIENT);
        assertThat(other.accept(doorbell)).isEqualTo(CLIENT);
      }

      assertThat(doorbell.isRinging()).isFalse();
      for (RawSocket bell : bells) {
        hangUp(bell);
      }
    }
  }
}

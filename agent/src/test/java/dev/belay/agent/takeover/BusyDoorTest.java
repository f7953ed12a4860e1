package dev.belay.agent.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.config.HostPort;
import dev.belay.agent.control.ControlLink;
import dev.belay.agent.loop.RunningLoop;
import dev.belay.agent.wire.Bytes;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.Handshake;
import dev.belay.agent.wire.PrefaceHeader;
import dev.belay.agent.wire.Refusal;
import dev.belay.agent.wire.ServerHandshake;
import dev.belay.agent.wire.SessionId;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A door that has no room just now is asked again; one that never has is given up. */
@Timeout(30)
final class BusyDoorTest {
  private static final RunningLoop LOOP = new RunningLoop("busy-door-test-loop");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int NEVER = Integer.MAX_VALUE;

  private final AtomicInteger asked = new AtomicInteger();
  private ServerSocket door;

  @BeforeEach
  void open() throws IOException {
    door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    door.close();
  }

  /** Refuses so many clients before it has room. */
  private void answer(Refusal reason, int refusals) {
    Thread thread = new Thread(() -> serve(reason, refusals), "door");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve(Refusal reason, int refusals) {
    try {
      while (true) {
        Socket client = door.accept();
        byte[] hello = read(new DataInputStream(client.getInputStream()));
        if (asked.getAndIncrement() < refusals) {
          client.getOutputStream().write(ServerHandshake.refusal(reason, ""));
          client.close();
        } else {
          client.getOutputStream().write(accept(hello));
        }
      }
    } catch (Exception e) {
      return; // the test has closed the door
    }
  }

  private static byte[] read(DataInputStream in) throws Exception {
    byte[] header = in.readNBytes(PrefaceHeader.HEADER_BYTES);
    int length = PrefaceHeader.decode(ByteBuffer.wrap(header)).totalLength();
    byte[] whole = Arrays.copyOf(header, length);
    in.readFully(whole, header.length, length - header.length);
    return whole;
  }

  private static byte[] accept(byte[] hello) throws Exception {
    Bytes instance = Bytes.random(16, RANDOM);
    return ServerHandshake.accept(hello, instance, 1, new byte[0], RANDOM).reply();
  }

  /** What becomes of the wait for a control link. */
  private String waitFor(long patienceMs) throws Exception {
    Bytes key = Bytes.random(Handshake.INSTANCE_KEY_BYTES, RANDOM);
    ServerPeer peer =
        new ServerPeer(
            LOOP.loop(),
            new HostPort("127.0.0.1", door.getLocalPort()),
            new ServerPeer.Identity(key, "test", new byte[0], RANDOM),
            patienceMs,
            new NoSessions());
    CompletableFuture<String> outcome = new CompletableFuture<>();
    LOOP.run(() -> peer.whenUp(new Outcome(outcome)));
    return outcome.get(20, TimeUnit.SECONDS);
  }

  @Test
  void shouldAskABusyDoorAgain() throws Exception {
    answer(Refusal.BUSY, 3);

    assertThat(waitFor(1000)).isEqualTo("up");

    assertThat(asked).hasValue(4);
  }

  @Test
  void shouldGiveADoorUpThatStaysBusy() throws Exception {
    answer(Refusal.BUSY, NEVER);

    assertThat(waitFor(250)).isEqualTo("BUSY"); // the door's thread needs time for each answer

    assertThat(asked.get()).isBetween(2, 126); // within 2.5 s, at most each 20 ms
  }

  @Test
  void shouldNotAskADoorAgainThatRefusesForAnotherReason() throws Exception {
    answer(Refusal.SECRET_REQUIRED, 1);

    assertThat(waitFor(1000)).isEqualTo("UNFRIENDLY");

    assertThat(asked).hasValue(1);
  }

  private record Outcome(CompletableFuture<String> future) implements ServerPeer.Waiter {
    @Override
    public void up(ControlLink link) {
      future.complete("up");
    }

    @Override
    public void failed(ServerPeer.Failure failure, String cause) {
      future.complete(failure.name());
    }
  }

  private static final class NoSessions implements ServerPeer.Directory {
    @Override
    public Long ended(SessionId id, int epoch, Bytes serverInstance) {
      return null;
    }

    @Override
    public void move(ServerPeer from, Frame.Move asked) {}

    @Override
    public void group(HostPort door, String service, List<String> members) {
      throw new AssertionError("no server says anything here");
    }

    @Override
    public ClientSession find(SessionId id) {
      return null;
    }

    @Override
    public InetAddress resolve(String host) throws IOException {
      return InetAddress.getByName(host);
    }
  }
}

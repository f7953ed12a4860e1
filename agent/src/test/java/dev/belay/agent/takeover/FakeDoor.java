package dev.belay.agent.takeover;

import dev.belay.agent.config.HostPort;
import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.wire.Bytes;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.FrameReader;
import dev.belay.agent.wire.FrameWriter;
import dev.belay.agent.wire.Handshake;
import dev.belay.agent.wire.PrefaceHeader;
import dev.belay.agent.wire.Refusal;
import dev.belay.agent.wire.ServerHandshake;
import dev.belay.replicator.log.SessionId;
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

/** A door that does what a test says, for a client without sessions. Its thread ends with it. */
final class FakeDoor implements AutoCloseable {
  private static final int PATIENCE_MS = 20_000;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final ServerSocket socket;
  private final AtomicInteger asked = new AtomicInteger();
  private final CompletableFuture<Socket> admitted = new CompletableFuture<>();
  private final FrameReader frames = new FrameReader();
  private volatile boolean admits = true;
  private volatile boolean resets;

  FakeDoor() throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  /** How many clients have come. */
  int asked() {
    return asked.get();
  }

  /** After the handshake nothing is said by itself. */
  void admitNobody() {
    admits = false;
  }

  /** Those that it would refuse are reset without a word, as by a network that is being mended. */
  void resetInPlaceOfAnswers() {
    resets = true;
  }

  /** Refuses so many clients before it has room. */
  void answer(Refusal reason, int refusals) {
    Thread thread = new Thread(() -> serve(reason, refusals), "fake-door");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve(Refusal reason, int refusals) {
    try {
      while (true) {
        Socket client = socket.accept();
        byte[] hello = read(new DataInputStream(client.getInputStream()));
        if (asked.getAndIncrement() < refusals) {
          refuse(client, reason);
        } else {
          client.getOutputStream().write(accept(hello));
          if (admits) {
            write(client, new Frame.Heartbeat(1));
          }
          admitted.complete(client);
        }
      }
    } catch (Exception e) {
      return; // the test has closed the door
    }
  }

  private void refuse(Socket client, Refusal reason) throws IOException {
    if (resets) {
      client.setSoLinger(true, 0);
    } else {
      client.getOutputStream().write(ServerHandshake.refusal(reason, ""));
    }
    client.close();
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

  /** To the first client that was let in. */
  void send(Frame frame) throws Exception {
    write(client(), frame);
  }

  private static void write(Socket to, Frame frame) throws IOException {
    FrameWriter writer = new FrameWriter();
    writer.write(frame);
    to.getOutputStream().write(writer.array(), 0, writer.size());
  }

  /** The next frame of the first client that was let in. */
  Frame read() throws Exception {
    client().setSoTimeout(PATIENCE_MS);
    Frame frame = frames.next();
    while (frame == null) {
      int b = client().getInputStream().read();
      if (b < 0) {
        throw new IOException("the client has closed its control link");
      }
      frames.feed(new byte[] {(byte) b}, 0, 1);
      frame = frames.next();
    }
    return frame;
  }

  private Socket client() throws Exception {
    return admitted.get(PATIENCE_MS, TimeUnit.MILLISECONDS);
  }

  /** As a client knows it. */
  ServerPeer peer(EventLoop loop, long patienceMs) {
    Bytes key = Bytes.random(Handshake.INSTANCE_KEY_BYTES, RANDOM);
    return new ServerPeer(
        loop,
        new HostPort("127.0.0.1", socket.getLocalPort()),
        new ServerPeer.Identity(key, "test", new byte[0], RANDOM),
        patienceMs,
        new NoSessions());
  }

  /** Closes the control link of the first client that was let in. */
  void hangUp() throws Exception {
    client().close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
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

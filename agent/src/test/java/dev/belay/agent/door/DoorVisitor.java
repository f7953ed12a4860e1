package dev.belay.agent.door;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belay.agent.wire.Bytes;
import dev.belay.agent.wire.ClientHandshake;
import dev.belay.agent.wire.DoorReply;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.FrameWriter;
import dev.belay.agent.wire.PairKeys;
import dev.belay.agent.wire.ReplyHeader;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;

/** One connection to a door, made by hand: whatever bytes a test wants it to send. */
final class DoorVisitor implements AutoCloseable {
  private static final int PATIENCE_MS = 10_000;

  private final Socket socket = new Socket();

  DoorVisitor(InetSocketAddress door) throws IOException {
    socket.connect(door, PATIENCE_MS);
    socket.setSoTimeout(PATIENCE_MS);
    socket.setTcpNoDelay(true);
  }

  Socket socket() {
    return socket;
  }

  DoorVisitor send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  void send(Frame frame) throws IOException {
    FrameWriter writer = new FrameWriter();
    writer.write(frame);
    send(Arrays.copyOf(writer.array(), writer.size()));
  }

  /** A whole reply of the door. */
  byte[] reply() throws Exception {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    byte[] header = new byte[ReplyHeader.HEADER_BYTES];
    in.readFully(header);
    byte[] whole = Arrays.copyOf(header, ReplyHeader.decode(ByteBuffer.wrap(header)).totalLength());
    in.readFully(whole, header.length, whole.length - header.length);
    return whole;
  }

  /** The reply to a data preface, which may be an unsigned refusal. */
  DoorReply reply(PairKeys keys, long linkNumber) throws Exception {
    byte[] whole = reply();
    if (!DoorReply.verify(whole, keys, linkNumber)) {
      throw new AssertionError("mac of the reply does not verify");
    }
    return DoorReply.decode(whole);
  }

  /** Whatever the door says, until it has closed; -1 for an end in order. */
  int end() throws IOException {
    int last;
    do {
      last = socket.getInputStream().read();
    } while (last >= 0);
    return last;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** A client JVM with a control link. */
  static final class Client implements AutoCloseable {
    private final DoorVisitor control;
    private final ClientHandshake handshake;
    private PairKeys keys;

    Client(InetSocketAddress door, Bytes instanceKey, String secret) throws IOException {
      control = new DoorVisitor(door);
      handshake =
          new ClientHandshake(instanceKey, "test", secret.getBytes(UTF_8), new SecureRandom());
      control.send(handshake.hello());
    }

    /** Reads the door's hello; throws what the handshake says of it. */
    Client greeted() throws Exception {
      keys = handshake.finish(control.reply());
      return this;
    }

    PairKeys keys() {
      return keys;
    }

    DoorVisitor control() {
      return control;
    }

    Client proven() throws IOException {
      control.send(new Frame.Proof(handshake.proof()));
      return this;
    }

    Client identified() throws IOException {
      control.send(new Frame.Identity(handshake.identity()));
      return this;
    }

    @Override
    public void close() throws IOException {
      control.close();
    }
  }
}

package dev.belay.agent.door;

import dev.belay.agent.wire.Bytes;
import dev.belay.agent.wire.ClientHandshake;
import dev.belay.agent.wire.DataPreface;
import dev.belay.agent.wire.DoorReply;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.FrameFormatException;
import dev.belay.agent.wire.FrameReader;
import dev.belay.agent.wire.FrameWriter;
import dev.belay.agent.wire.Handshake;
import dev.belay.agent.wire.HandshakeException;
import dev.belay.agent.wire.OpenPreface;
import dev.belay.agent.wire.PairKeys;
import dev.belay.agent.wire.PrefaceKind;
import dev.belay.agent.wire.ReplyHeader;
import dev.belay.agent.wire.ResumePreface;
import dev.belay.replicator.log.SessionId;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One control link to a door, and data links of its pair, step by step. Blocking. */
final class Client implements AutoCloseable {
  private static final int PATIENCE_MS = 10_000;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Server server;
  private final Bytes instanceKey;
  private final Socket control;
  private final DataInputStream input;
  private final FrameReader frames = new FrameReader();
  private final ClientHandshake handshake;
  private final PairKeys keys;
  private long linkNumber;

  /** A socket that nobody holds any longer is closed. */
  private final List<Socket> links = new ArrayList<>();

  /** The handshake is done, nothing else is said. */
  private Client(Server server, Bytes instanceKey, Bytes instanceId, byte[] secret)
      throws IOException, FrameFormatException, HandshakeException {
    this.server = server;
    this.instanceKey = instanceKey;
    handshake = new ClientHandshake(instanceKey, "test", secret, RANDOM);
    byte[] hello = handshake.hello();
    System.arraycopy(instanceId.toArray(), 0, hello, 8, instanceId.length());
    control = connect(server);
    control.getOutputStream().write(hello);
    input = new DataInputStream(control.getInputStream());
    keys = handshake.finish(readReply(input));
  }

  static Bytes newKey() {
    return Bytes.random(32, RANDOM);
  }

  static Client handshaken(Server server, byte[] secret) throws Exception {
    Bytes key = newKey();
    return new Client(server, key, Handshake.instanceOf(key), secret);
  }

  /** With the secret that the server has. */
  static Client proven(Server server, byte[] secret) throws Exception {
    Client client = handshaken(server, secret);
    client.prove();
    client.identify();
    client.awaitAdmission();
    return client;
  }

  static Client connected(Server server, Bytes instanceKey) throws Exception {
    Client client = new Client(server, instanceKey, Handshake.instanceOf(instanceKey), new byte[0]);
    client.identify();
    client.awaitAdmission();
    return client;
  }

  static Client connected(Server server) throws Exception {
    return connected(server, newKey());
  }

  /** Has read the other's instance id and says that it is the one. */
  static Client posingAs(Client other) throws Exception {
    return new Client(other.server, newKey(), Handshake.instanceOf(other.instanceKey), new byte[0]);
  }

  private static Socket connect(Server server) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.door());
    socket.setSoTimeout(PATIENCE_MS);
    return socket;
  }

  private static byte[] readReply(DataInputStream from) throws IOException, FrameFormatException {
    byte[] header = from.readNBytes(ReplyHeader.HEADER_BYTES);
    byte[] whole = Arrays.copyOf(header, ReplyHeader.decode(ByteBuffer.wrap(header)).totalLength());
    from.readFully(whole, header.length, whole.length - header.length);
    return whole;
  }

  Bytes instanceKey() {
    return instanceKey;
  }

  // ---- frames ----

  void prove() throws IOException {
    send(new Frame.Proof(handshake.proof()));
  }

  void identify() throws IOException {
    send(new Frame.Identity(handshake.identity()));
  }

  /** The first frame of a door is for those that it has admitted. */
  void awaitAdmission() throws IOException, FrameFormatException {
    if (!(read() instanceof Frame.Heartbeat)) {
      throw new IOException("not admitted");
    }
  }

  void send(Frame frame) throws IOException {
    FrameWriter writer = new FrameWriter();
    writer.write(frame);
    control.getOutputStream().write(writer.array(), 0, writer.size());
  }

  /** The next frame, or null when the door has closed the link. */
  Frame read() throws IOException, FrameFormatException {
    Frame frame = frames.next();
    while (frame == null) {
      int b = input.read();
      if (b < 0) {
        return null;
      }
      frames.feed(new byte[] {(byte) b}, 0, 1);
      frame = frames.next();
    }
    return frame;
  }

  /** The next frame that is not about the server itself. */
  Frame readNews() throws IOException, FrameFormatException {
    Frame frame;
    do {
      frame = read();
    } while (frame instanceof Frame.Heartbeat || frame instanceof Frame.Group);
    return frame;
  }

  @Override
  public void close() throws IOException {
    control.close();
  }

  // ---- data links ----

  DoorReply open(SessionId session, Bytes key) throws Exception {
    return open(session, key, 0);
  }

  DoorReply open(SessionId session, Bytes key, int epoch) throws Exception {
    return ask(openPreface(session, key, epoch));
  }

  /** Would like to come from there; the answer is the server's. */
  Frame reserve(SessionId session, Bytes key, String address) throws Exception {
    return reserve(session, key, address, ends());
  }

  /** As above, over what it believes to be its control link. */
  Frame reserve(SessionId session, Bytes key, String address, String controlLink) throws Exception {
    askToReserve(session, key, address, controlLink);
    return readNews();
  }

  /** As above, without waiting for the answer. */
  void askToReserve(SessionId session, Bytes key, String address) throws Exception {
    askToReserve(session, key, address, ends());
  }

  private void askToReserve(SessionId session, Bytes key, String address, String controlLink)
      throws Exception {
    Bytes sealed = keys.sealReserved(key, session);
    send(new Frame.Reserve(session, 0, sealed, server.service(), address, controlLink));
  }

  private String ends() {
    return "127.0.0.1:" + control.getLocalPort() + ">127.0.0.1:" + server.door();
  }

  private DataPreface openPreface(SessionId session, Bytes key, int epoch) {
    long number = ++linkNumber;
    Bytes sealed = keys.seal(key, session, number, PrefaceKind.OPEN);
    return new OpenPreface(keys.pairId(), number, session, epoch, sealed, server.service());
  }

  DoorReply resume(SessionId session, Bytes key) throws Exception {
    return ask(resumePreface(session, key, false, 0));
  }

  /** What it sent below the position has been dropped, as others hold it. */
  DoorReply resumeKeepingFrom(SessionId session, Bytes key, long position) throws Exception {
    return ask(resumePreface(session, key, false, false, 0, position));
  }

  DoorReply takeOver(SessionId session, Bytes key, int epoch) throws Exception {
    return ask(resumePreface(session, key, true, epoch));
  }

  /** A takeover that is to be brought near only. */
  DoorReply prepare(SessionId session, Bytes key, int epoch) throws Exception {
    return ask(resumePreface(session, key, true, true, epoch, 0));
  }

  private DataPreface resumePreface(SessionId session, Bytes key, boolean takeover, int epoch) {
    return resumePreface(session, key, takeover, false, epoch, 0);
  }

  private DataPreface resumePreface(
      SessionId session, Bytes key, boolean takeover, boolean prepares, int epoch, long held) {
    long number = ++linkNumber;
    Bytes sealed = keys.seal(key, session, number, PrefaceKind.RESUME);
    return new ResumePreface(
        keys.pairId(),
        number,
        session,
        epoch,
        sealed,
        server.service(),
        takeover,
        prepares,
        false,
        false,
        0,
        0,
        held,
        held,
        "");
  }

  /** On the newest data link. */
  void write(byte[] bytes) throws IOException {
    links.get(links.size() - 1).getOutputStream().write(bytes);
  }

  /** The link stays open: what becomes of it is not looked at. */
  private DoorReply ask(DataPreface preface) throws IOException, FrameFormatException {
    Socket link = connect(server);
    links.add(link);
    link.getOutputStream().write(preface.encode(keys));
    return DoorReply.decode(readReply(new DataInputStream(link.getInputStream())));
  }
}

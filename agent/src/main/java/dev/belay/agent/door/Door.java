package dev.belay.agent.door;

import dev.belay.agent.config.HostPort;
import dev.belay.agent.control.ControlLink;
import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.report.AgentLog;
import dev.belay.agent.report.Metrics;
import dev.belay.agent.wire.Bytes;
import dev.belay.agent.wire.ClientHandshake;
import dev.belay.agent.wire.ClientHello;
import dev.belay.agent.wire.DataPreface;
import dev.belay.agent.wire.DoorReply;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.FrameFormatException;
import dev.belay.agent.wire.Handshake;
import dev.belay.agent.wire.HandshakeException;
import dev.belay.agent.wire.OpenPreface;
import dev.belay.agent.wire.PrefaceKind;
import dev.belay.agent.wire.Refusal;
import dev.belay.agent.wire.ResumePreface;
import dev.belay.agent.wire.ServerHandshake;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * The agent's own listening port: takes what arrives apart into control links, opens and resumes,
 * and refuses the rest.
 *
 * <p>Invariant: a data link reaches a session only with a preface that verifies with the keys of a
 * pair whose control link is open, whose link number was never used, and whose session id is that
 * of its key. Loop thread, but for {@link #open}.
 */
final class Door implements PrefaceReader.Listener {
  private static final int BACKLOG = 1024;

  /** Strangers whose preface is not complete; beyond it the oldest is dropped. */
  static final int MAX_STRANGERS = 1024;

  /** The part of the process's descriptors that strangers may have: the rest is for others. */
  private static final int STRANGERS_SHARE = 4;

  /** What is accepted in one turn of the loop, so that a flood does not starve the sessions. */
  private static final int ACCEPTS_PER_TURN = 64;

  private static final long CONTROL_PROOF_MS = 5000;

  /** Handshakes of links that are not admitted, each until its time is over; no more are begun. */
  private static final int MAX_UNPROVEN = 256;

  /** Counted for an IDENTITY that is wrong or does not come. */
  private static final String BAD_IDENTITY = "bad identity";

  private static final long ACCEPT_PAUSE_MS = 100;

  /** Who gets the data links and frames that were verified. */
  interface Sessions {
    void open(RawSocket link, OpenPreface preface, Clients.Pair pair) throws IOException;

    void resume(RawSocket link, ResumePreface preface, Clients.Pair pair) throws IOException;

    void connected(Clients.Client client);

    void frame(Clients.Client client, Frame frame);

    /** A control link has ended: whatever waits to be taken in is the client's still. */
    void settle();

    void disconnected(Clients.Client client, ControlLink link, String cause);
  }

  private final EventLoop loop;
  private final Clients clients;
  private final Sessions sessions;
  private final Metrics metrics;
  private final byte[] secret;
  private final DoorIdentity identity;
  private final ArrayDeque<PrefaceReader> strangers = new ArrayDeque<>();
  private final RefusalLog refusalLog = new RefusalLog(AgentLog::info);
  private final int mostStrangers = strangersOf(OpenFiles.limit());
  private RawSocket listening;
  private int unproven;

  Door(
      EventLoop loop,
      Clients clients,
      Sessions sessions,
      Metrics metrics,
      byte[] secret,
      DoorIdentity identity) {
    this.loop = loop;
    this.clients = clients;
    this.sessions = sessions;
    this.metrics = metrics;
    this.secret = secret == null ? new byte[0] : secret;
    this.identity = identity;
  }

  /** Opens the port; from then on clients can connect, even before the loop's next turn. */
  InetSocketAddress open(HostPort address) throws IOException {
    RawSocket socket = RawSocket.open();
    try {
      socket.option(java.net.StandardSocketOptions.SO_REUSEADDR, true);
      socket.bind(InetAddress.getByName(address.host()), address.port());
      socket.listen(BACKLOG);
      InetSocketAddress local = socket.localAddress();
      listening = socket;
      loop.execute(this::watch);
      loop.execute(this::warm);
      return local;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Loads what the first handshake needs, so that the first client does not wait for it. */
  private void warm() {
    try {
      Bytes key = Bytes.random(Handshake.INSTANCE_KEY_BYTES, identity.random());
      byte[] hello = new ClientHandshake(key, "warm", secret, identity.random()).hello();
      ServerHandshake warm = answer(hello, 0);
      warm.isIdentifiedBy(key);
      warm.keys().destroy();
    } catch (FrameFormatException | HandshakeException e) {
      AgentLog.error("door: handshake does not work here: " + e.getMessage());
    }
  }

  private ServerHandshake answer(byte[] hello, long pairId)
      throws FrameFormatException, HandshakeException {
    return ServerHandshake.accept(hello, identity.instance(), pairId, secret, identity.random());
  }

  private void watch() {
    try {
      loop.watch(listening, EventLoop.READ, events -> accept());
    } catch (IOException e) {
      AgentLog.error("door: " + e.getMessage());
    }
  }

  private void accept() {
    try {
      for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
        RawSocket stranger = listening.accept();
        if (stranger == null) {
          return;
        }
        admit(stranger);
      }
    } catch (IOException e) { // no descriptors left: wait for some instead of spinning
      AgentLog.warnOnce("door.accept", "door: accept failed: " + e.getMessage());
      dropStrangers();
      loop.unwatch(listening);
      loop.after(ACCEPT_PAUSE_MS, this::watch);
    }
  }

  private void admit(RawSocket stranger) {
    while (!strangers.isEmpty() && strangers.peek().isDone()) {
      strangers.poll();
    }
    if (strangers.size() >= mostStrangers && !strangers.removeIf(PrefaceReader::isDone)) {
      strangers.poll().refuse("too many connections without a preface");
    }
    try {
      PrefaceReader reader = new PrefaceReader(loop, stranger, this);
      strangers.add(reader);
      reader.begin();
    } catch (IOException e) {
      stranger.close();
    }
  }

  /** How many strangers there may be at a time in a process with so many descriptors. */
  static int strangersOf(int openFilesLimit) {
    return Math.max(1, Math.min(MAX_STRANGERS, openFilesLimit / STRANGERS_SHARE));
  }

  /** Gives the descriptors of the oldest ones back, for others to have. */
  private void dropStrangers() {
    strangers.removeIf(PrefaceReader::isDone);
    for (int i = 0; i < ACCEPTS_PER_TURN && !strangers.isEmpty(); i++) {
      strangers.poll().refuse("no descriptors left");
    }
  }

  @Override
  public void refused(PrefaceReader reader, RawSocket socket, String cause) {
    metrics.refused("bad preface");
    tell(from(socket), cause);
    socket.reset();
  }

  @Override
  public void preface(RawSocket socket, PrefaceKind kind, byte[] whole) throws IOException {
    try {
      socket.option(java.net.StandardSocketOptions.TCP_NODELAY, kind == PrefaceKind.CONTROL);
      if (kind == PrefaceKind.CONTROL) {
        control(socket, whole);
      } else {
        data(socket, whole);
      }
    } catch (FrameFormatException e) {
      metrics.refused("bad preface");
      tell(from(socket), e.getMessage());
      socket.reset();
    } catch (IOException | IllegalStateException e) { // a link, or the keys of its pair, are gone
      loop.close(socket);
    }
  }

  private void data(RawSocket socket, byte[] whole) throws IOException, FrameFormatException {
    Clients.Pair pair = clients.pair(DataPreface.pairIdOf(whole));
    if (pair == null) {
      refuseUnsigned(socket, Refusal.UNKNOWN_PAIR);
      return;
    }
    if (!DataPreface.verify(whole, pair.keys())) {
      refuseUnsigned(socket, Refusal.BAD_MAC);
      return;
    }
    DataPreface preface = DataPreface.decode(whole);
    if (!pair.window().accept(preface.linkNumber())) {
      refuse(socket, pair, preface.linkNumber(), Refusal.REPLAYED_LINK_NUMBER, "");
      return;
    }
    if (!preface.hasIdOfKey(pair.keys())) {
      String text = "the session's id is not that of its key";
      refuse(socket, pair, preface.linkNumber(), Refusal.BAD_PREFACE, text);
      return;
    }
    if (preface instanceof OpenPreface) {
      sessions.open(socket, (OpenPreface) preface, pair);
    } else {
      sessions.resume(socket, (ResumePreface) preface, pair);
    }
  }

  private void refuseUnsigned(RawSocket socket, Refusal reason) throws IOException {
    noteRefusal(socket, reason, "");
    send(socket, DoorReply.refused(reason, "").encodeUnsigned());
    socket.close();
  }

  /** Answers a verified preface with a refusal and closes the link. */
  void refuse(RawSocket socket, Clients.Pair pair, long linkNumber, Refusal reason, String text)
      throws IOException {
    noteRefusal(socket, reason, text);
    send(socket, DoorReply.refused(reason, text).encode(pair.keys(), linkNumber));
    loop.close(socket);
  }

  private void noteRefusal(RawSocket socket, Refusal reason, String text) {
    metrics.refused(reason.text());
    tell(from(socket), reason.text() + " " + text);
  }

  private void tell(String from, String reason) {
    refusalLog.refused(from, reason, System.nanoTime());
  }

  /** A reply goes into an empty send buffer: it is taken whole, or the link is no good. */
  void send(RawSocket socket, byte[] reply) throws IOException {
    if (socket.write(ByteBuffer.wrap(reply)) != reply.length) {
      throw new IOException("reply not taken");
    }
  }

  private static String from(RawSocket socket) {
    try {
      InetSocketAddress remote = socket.remoteAddress();
      return remote.getAddress().getHostAddress() + ":" + remote.getPort();
    } catch (IOException | RuntimeException e) {
      return "unknown";
    }
  }

  // ---- control links ----

  private void control(RawSocket socket, byte[] whole) throws IOException, FrameFormatException {
    Bytes instance = ClientHello.decode(whole).instanceId();
    if (unproven >= MAX_UNPROVEN || !clients.hasRoomFor(instance)) {
      noteRefusal(socket, Refusal.BUSY, "clients=" + clients.size());
      send(socket, ServerHandshake.refusal(Refusal.BUSY, ""));
      socket.close();
      return;
    }
    ServerHandshake handshake;
    try {
      handshake = answer(whole, newPairId());
    } catch (HandshakeException e) {
      Refusal reason = Refusal.of(e.reason());
      noteRefusal(socket, reason, e.getMessage());
      send(socket, ServerHandshake.refusal(reason, e.getMessage()));
      socket.close();
      return;
    } catch (FrameFormatException e) { // a public key of no use, which has cost one here
      unproven++;
      loop.after(CONTROL_PROOF_MS, () -> unproven--);
      throw e;
    }
    send(socket, handshake.reply());
    FromClient listener = new FromClient(handshake, from(socket));
    ControlLink link = new ControlLink(loop, socket, handshake.keys(), listener, true);
    listener.await(link);
    link.start();
  }

  private long newPairId() {
    long id;
    do {
      id = identity.random().nextLong();
    } while (clients.pair(id) != null);
    return id;
  }

  /**
   * Frames of one control link: nothing is obeyed before the proof, if one is due, and the identity
   * have admitted it.
   */
  private final class FromClient implements ControlLink.Listener {
    private final ServerHandshake handshake;
    private final String from;
    private EventLoop.Timer deadline;
    private boolean isProven;
    private Clients.Client client;

    FromClient(ServerHandshake handshake, String from) {
      this.handshake = handshake;
      this.from = from;
      this.isProven = !handshake.isProofRequired();
    }

    /** It counts as unproven until it is admitted or its time is over, even if it is closed. */
    void await(ControlLink link) {
      unproven++;
      deadline = loop.after(CONTROL_PROOF_MS, () -> dropUnproven(link));
    }

    private void admit(ControlLink link) {
      unproven--;
      deadline.cancel();
      String name = handshake.clientHello().clientName();
      client = clients.connected(handshake.clientHello().instanceId(), name + "@" + from, link);
      link.heartbeat(); // its data links may come now
      sessions.connected(client);
    }

    private void dropUnproven(ControlLink link) {
      unproven--;
      if (link.isOpen()) {
        refuseUnproven(" in time");
        link.close();
      }
    }

    private void refuseUnproven(String how) {
      handshake.keys().destroy();
      metrics.refused(isProven ? BAD_IDENTITY : Refusal.BAD_SECRET.text());
      tell(from, (isProven ? "identity" : "belay.secret") + " not proven" + how);
    }

    @Override
    public void frame(ControlLink link, Frame frame) {
      if (client != null) {
        sessions.frame(client, frame);
      } else if (!isProven && isProof(frame)) {
        isProven = true;
      } else if (isProven && isIdentity(frame)) {
        admit(link);
      } else {
        refuseUnproven("");
        link.close();
      }
    }

    private boolean isProof(Frame frame) {
      return frame instanceof Frame.Proof && handshake.isProvenBy(((Frame.Proof) frame).proof());
    }

    private boolean isIdentity(Frame frame) {
      return frame instanceof Frame.Identity
          && handshake.isIdentifiedBy(((Frame.Identity) frame).identity());
    }

    @Override
    public void closed(ControlLink link, String cause, boolean inOrder) {
      if (client != null) {
        sessions.settle();
        clients.disconnected(client, link, inOrder);
        sessions.disconnected(client, link, cause);
      } else {
        refuseUnproven(": " + cause);
      }
    }
  }
}

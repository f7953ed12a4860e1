package dev.belay.agent.wire;

import dev.belay.replicator.log.SessionId;
import java.util.ArrayList;
import java.util.List;

/**
 * A frame of a control link, in either direction: a header and a payload. Unknown types are
 * skipped.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------------------------------+---------------+---------------+
 * |    length n of the payload    |     type      |  payload, n   |  0
 * +-------------------------------+---------------+---------------+
 * </pre>
 *
 * The diagrams below show payloads. A session is its id of 16 bytes, an epoch 4, a position 8.
 */
public sealed interface Frame {

  /** Length of the header. */
  int HEADER_BYTES = 3;

  /** No payload is longer. A full GROUP, the longest, has 4194 bytes. */
  int MAX_PAYLOAD_BYTES = 8192;

  /** Appends this frame. */
  void writeTo(FrameWriter out);

  /** About one incarnation of one session. */
  sealed interface OfSession extends Frame {
    SessionId session();

    int epoch();
  }

  /** The frame of a known type with this payload, all of it. */
  static Frame decode(FrameType type, byte[] bytes, int from, int length)
      throws FrameFormatException {
    FieldReader in = new FieldReader(bytes, from, from + length);
    Frame frame =
        switch (type) {
          case HEARTBEAT -> new Heartbeat(in.i64("sequence"));
          case RECEIVED -> new Received(in.session(), in.epoch(), in.position("position"));
          case DURABLE -> new Durable(in.session(), in.epoch(), in.position("position"));
          case FIN -> Fin.decode(in);
          case ABORT -> Abort.decode(in);
          case GROUP -> Group.decode(in);
          case MOVE -> Move.decode(in);
          case LINK_LOST -> new LinkLost(in.session(), in.epoch(), in.position("position"));
          case GOODBYE -> new Goodbye(in.text("reason", 0, WireText.MAX_DIAGNOSTIC_BYTES));
          case PROOF -> new Proof(in.bytes("proof", Handshake.PROOF_BYTES));
          case IDENTITY -> new Identity(in.bytes("identity", Handshake.INSTANCE_KEY_BYTES));
          case SENT -> new Sent(in.session(), in.epoch(), in.position("position"));
          case COMPARE -> Compare.decode(in);
          case SWITCH -> Switch.decode(in);
          case MOVED -> new Moved(in.session(), in.epoch());
          case STAYS -> Stays.decode(in);
          case NEAR -> Near.decode(in);
          case END_KNOWN -> new EndKnown(in.session(), in.epoch());
          case RESERVE -> Reserve.decode(in);
          case RESERVED -> new Reserved(in.session(), in.epoch());
          case RELEASE -> new Release(in.session(), in.epoch());
          case RELEASED -> new Released(in.session(), in.epoch());
        };
    in.end();
    return frame;
  }

  /**
   * The sender's process is alive and its event loop turns.
   *
   * <pre>
   * | sequence 8 |
   * </pre>
   */
  record Heartbeat(long sequence) implements Frame {
    @Override
    public void writeTo(FrameWriter out) {
      out.heartbeat(sequence);
    }
  }

  /**
   * The sender's application was given the other direction's bytes before the position.
   *
   * <pre>
   * | session 16 | epoch 4 | position 8 |
   * </pre>
   */
  record Received(SessionId session, int epoch, long position) implements OfSession {
    @Override
    public void writeTo(FrameWriter out) {
      out.received(session, epoch, position);
    }
  }

  /**
   * The sender's application has sent so much, and has heard for a while that less was received.
   *
   * <pre>
   * | session 16 | epoch 4 | position 8 |
   * </pre>
   */
  record Sent(SessionId session, int epoch, long position) implements OfSession {
    @Override
    public void writeTo(FrameWriter out) {
      out.sent(session, epoch, position);
    }
  }

  /**
   * From the server: a member other than itself holds the {@code in} bytes before the position.
   *
   * <pre>
   * | session 16 | epoch 4 | position 8 |
   * </pre>
   */
  record Durable(SessionId session, int epoch, long position) implements OfSession {
    @Override
    public void writeTo(FrameWriter out) {
      out.durable(session, epoch, position);
    }
  }

  /**
   * The sender's application has ended its output at the position: an end of stream there is an
   * end. C: it has closed the socket and reads no more, either.
   *
   * <pre>
   * | session 16 | epoch 4 | 0000000C 1 | final position 8 |
   * </pre>
   *
   * @param closed false: half-close, true: close
   */
  record Fin(SessionId session, int epoch, boolean closed, long finalPosition)
      implements OfSession {

    static final int CLOSED = 1;

    @Override
    public void writeTo(FrameWriter out) {
      out.fin(session, epoch, closed, finalPosition);
    }

    private static Fin decode(FieldReader in) throws FrameFormatException {
      SessionId session = in.session();
      int epoch = in.epoch();
      boolean closed = in.flags(CLOSED) != 0;
      return new Fin(session, epoch, closed, in.position("final position"));
    }
  }

  /**
   * The session is over and not in order: both applications get "connection reset".
   *
   * <pre>
   * | session 16 | epoch 4 | reason 2 | length n 1 | text n, 0..200 |
   * </pre>
   *
   * @param reason the code of a {@link Refusal}
   * @param text for the log; cut to 200 bytes
   */
  record Abort(SessionId session, int epoch, int reason, String text) implements OfSession {

    /** Cuts the text to what can be sent. */
    public Abort {
      text = WireText.diagnostic(text);
    }

    @Override
    public void writeTo(FrameWriter out) {
      out.abort(session, epoch, reason, text);
    }

    private static Abort decode(FieldReader in) throws FrameFormatException {
      return new Abort(
          in.session(),
          in.epoch(),
          in.u16("reason"),
          in.text("text", 0, WireText.MAX_DIAGNOSTIC_BYTES));
    }
  }

  /**
   * From the server: who else offers the service. Replaces what was said before.
   *
   * <pre>
   * | length n 1 | service n, 1..64 | count k 1, 0..32 | k times: length m 1, member m, 1..128 |
   * </pre>
   *
   * @param members each {@code host:port@door/load}
   */
  record Group(String service, List<String> members) implements Frame {

    /** Most members of one group on the wire; the servers name the least loaded ones. */
    public static final int MAX_MEMBERS = 32;

    /** Longest member, in bytes of UTF-8. */
    public static final int MAX_MEMBER_BYTES = 128;

    /** Copies the members. */
    public Group {
      members = List.copyOf(members);
    }

    @Override
    public void writeTo(FrameWriter out) {
      out.group(service, members);
    }

    private static Group decode(FieldReader in) throws FrameFormatException {
      String service = in.text("service", 1, DataPreface.MAX_SERVICE_BYTES);
      int count = in.u8("member count");
      if (count > MAX_MEMBERS) {
        throw new FrameFormatException("too many members: " + count);
      }
      List<String> members = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        members.add(in.text("member", 1, MAX_MEMBER_BYTES));
      }
      return new Group(service, members);
    }
  }

  /**
   * From the server: resume the session elsewhere; with the zero id, all sessions of this pair.
   *
   * <pre>
   * | session or zero 16 | length n 1 | target hint n, 0..128 |
   * </pre>
   *
   * @param targetHint a member as in GROUP, or empty: the client chooses
   */
  record Move(SessionId session, String targetHint) implements Frame {

    /** Whether it is for all sessions. */
    public boolean isForAll() {
      return session.isZero();
    }

    @Override
    public void writeTo(FrameWriter out) {
      out.move(session, targetHint);
    }

    private static Move decode(FieldReader in) throws FrameFormatException {
      return new Move(in.sessionOrAll(), in.text("target hint", 0, Group.MAX_MEMBER_BYTES));
    }
  }

  /**
   * The sender has lost the session's data link and parked its end; its application was given the
   * other direction's bytes before the position.
   *
   * <pre>
   * | session 16 | epoch 4 | received position 8 |
   * </pre>
   */
  record LinkLost(SessionId session, int epoch, long receivedPosition) implements OfSession {
    @Override
    public void writeTo(FrameWriter out) {
      out.linkLost(session, epoch, receivedPosition);
    }
  }

  /**
   * The sender closes the control link on purpose.
   *
   * <pre>
   * | length n 1 | reason n, 0..200 |
   * </pre>
   *
   * @param reason for the log; cut to 200 bytes
   */
  record Goodbye(String reason) implements Frame {

    /** Cuts the reason to what can be sent. */
    public Goodbye {
      reason = WireText.diagnostic(reason);
    }

    @Override
    public void writeTo(FrameWriter out) {
      out.goodbye(reason);
    }
  }

  /**
   * From the client, first, if a secret is configured: {@link ClientHandshake#proof}.
   *
   * <pre>
   * | proof 32 |
   * </pre>
   */
  record Proof(Bytes proof) implements Frame {
    @Override
    public void writeTo(FrameWriter out) {
      out.proof(proof);
    }
  }

  /**
   * From the client, first or after the PROOF: the key of which its instance id is made, sealed:
   * {@link ClientHandshake#identity}.
   *
   * <pre>
   * | sealed instance key 32 |
   * </pre>
   */
  record Identity(Bytes identity) implements Frame {
    @Override
    public void writeTo(FrameWriter out) {
      out.identity(identity);
    }
  }

  /**
   * From the client, of a takeover that is being prepared: its application has been given so much
   * of the output by now, and will be given more.
   *
   * <pre>
   * | session 16 | epoch 4 | received position 8 | received checksum 4 |
   * </pre>
   *
   * @param receivedChecksum CRC-32C over the {@code out} bytes [0, receivedPosition)
   */
  record Compare(SessionId session, int epoch, long receivedPosition, int receivedChecksum)
      implements OfSession {
    @Override
    public void writeTo(FrameWriter out) {
      out.compare(session, epoch, receivedPosition, receivedChecksum);
    }

    private static Compare decode(FieldReader in) throws FrameFormatException {
      return new Compare(
          in.session(), in.epoch(), in.position("received position"), in.i32("received checksum"));
    }
  }

  /**
   * From the client: the takeover that was prepared is to take place now. What a RESUME says of a
   * client, final.
   *
   * <pre>
   * | session 16 | epoch 4 | 00000IC0 1 | received position 8 | received checksum 4 |
   * </pre>
   *
   * @param closed C: the client application has closed its socket
   * @param inputEnded I: the client application has ended its output
   */
  record Switch(
      SessionId session,
      int epoch,
      boolean closed,
      boolean inputEnded,
      long receivedPosition,
      int receivedChecksum)
      implements OfSession {

    static final int CLOSED = 2;
    static final int INPUT_ENDED = 4;

    @Override
    public void writeTo(FrameWriter out) {
      out.switchOver(this);
    }

    int flags() {
      return (closed ? CLOSED : 0) | (inputEnded ? INPUT_ENDED : 0);
    }

    private static Switch decode(FieldReader in) throws FrameFormatException {
      SessionId session = in.session();
      int epoch = in.epoch();
      int flags = in.flags(CLOSED | INPUT_ENDED);
      return new Switch(
          session,
          epoch,
          (flags & CLOSED) != 0,
          (flags & INPUT_ENDED) != 0,
          in.position("received position"),
          in.i32("received checksum"));
    }
  }

  /**
   * From the client, to the server of that epoch: the session has gone on elsewhere.
   *
   * <pre>
   * | session 16 | epoch 4 |
   * </pre>
   */
  record Moved(SessionId session, int epoch) implements OfSession {
    @Override
    public void writeTo(FrameWriter out) {
      out.moved(session, epoch);
    }
  }

  /**
   * From the client, in answer to a MOVE: the session stays for the time being. From the server of
   * a takeover that was being prepared: it will not be ready.
   *
   * <pre>
   * | session 16 | epoch 4 | length n 1 | reason n, 0..200 |
   * </pre>
   *
   * @param reason for the log; cut to 200 bytes
   */
  record Stays(SessionId session, int epoch, String reason) implements OfSession {

    /** Cuts the reason to what can be sent. */
    public Stays {
      reason = WireText.diagnostic(reason);
    }

    @Override
    public void writeTo(FrameWriter out) {
      out.stays(session, epoch, reason);
    }

    private static Stays decode(FieldReader in) throws FrameFormatException {
      return new Stays(
          in.session(), in.epoch(), in.text("reason", 0, WireText.MAX_DIAGNOSTIC_BYTES));
    }
  }

  /**
   * From the server, of a takeover that is being prepared: how far its fresh handler is.
   *
   * <pre>
   * | session 16 | epoch 4 | received position 8 | sent position 8 |
   * </pre>
   *
   * @param receivedPosition the {@code in} bytes that the handler was given
   * @param sentPosition the {@code out} bytes that it has produced
   */
  record Near(SessionId session, int epoch, long receivedPosition, long sentPosition)
      implements OfSession {
    @Override
    public void writeTo(FrameWriter out) {
      out.near(session, epoch, receivedPosition, sentPosition);
    }

    private static Near decode(FieldReader in) throws FrameFormatException {
      return new Near(
          in.session(), in.epoch(), in.position("received position"), in.position("sent position"));
    }
  }

  /**
   * From the client: it knows that the server's application has closed, and where.
   *
   * <pre>
   * | session 16 | epoch 4 |
   * </pre>
   */
  record EndKnown(SessionId session, int epoch) implements OfSession {
    @Override
    public void writeTo(FrameWriter out) {
      out.endKnown(session, epoch);
    }
  }

  /**
   * From the client: it has an address and port of its own, from which it may connect to the
   * service's own port; such a connection is to be this session's, from position 0.
   *
   * <pre>
   * | session 16 | epoch 4 | sealed key 32 |
   * | length n 1 | service n, 1..64 | length m 1 | client address m, 1..64 |
   * | length k 1 | control link k, 1..128 |
   * </pre>
   *
   * @param sealedKey {@link PairKeys#sealReserved}
   * @param clientAddress {@code ip:port}
   * @param controlLink both ends of the control link as the client knows them: {@code
   *     ip:port>ip:port}. Known otherwise to the server they are translated on their way, or it
   *     ends half-way
   */
  record Reserve(
      SessionId session,
      int epoch,
      Bytes sealedKey,
      String service,
      String clientAddress,
      String controlLink)
      implements OfSession {

    /** Longest text of a control link, in bytes of UTF-8. */
    public static final int MAX_LINK_BYTES = 128;

    @Override
    public void writeTo(FrameWriter out) {
      out.reserve(this);
    }

    private static Reserve decode(FieldReader in) throws FrameFormatException {
      return new Reserve(
          in.session(),
          in.epoch(),
          in.bytes("sealed key", PairKeys.KEY_BYTES),
          in.text("service", 1, DataPreface.MAX_SERVICE_BYTES),
          in.text("client address", 1, ResumePreface.MAX_ADDRESS_BYTES),
          in.text("control link", 1, MAX_LINK_BYTES));
    }
  }

  /**
   * From the server: agreed, a connection from there will be the session's.
   *
   * <pre>
   * | session 16 | epoch 4 |
   * </pre>
   */
  record Reserved(SessionId session, int epoch) implements OfSession {
    @Override
    public void writeTo(FrameWriter out) {
      out.reserved(session, epoch);
    }
  }

  /**
   * From the client: it will not connect from there any more; nobody else has the port until it
   * hears RELEASED.
   *
   * <pre>
   * | session 16 | epoch 4 |
   * </pre>
   */
  record Release(SessionId session, int epoch) implements OfSession {
    @Override
    public void writeTo(FrameWriter out) {
      out.release(session, epoch);
    }
  }

  /**
   * From the server: a connection from there would be anybody's. In answer to RELEASE, or to a
   * RESERVE to which it does not agree.
   *
   * <pre>
   * | session 16 | epoch 4 |
   * </pre>
   */
  record Released(SessionId session, int epoch) implements OfSession {
    @Override
    public void writeTo(FrameWriter out) {
      out.released(session, epoch);
    }
  }
}

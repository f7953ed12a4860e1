package dev.belay.agent.wire;

import dev.belay.replicator.log.SessionId;

/**
 * Asks for a session that exists to go on over this link: on the server that has it, or on another
 * one (takeover).
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |            the common part, see DataPreface, kind 2           |  0
 * +---------------------------------------------------------------+
 * |                                                               | 76
 * +                       received position                       +
 * |                                                               |
 * +---------------------------------------------------------------+
 * |                       received checksum                       | 84
 * +---------------------------------------------------------------+
 * |                                                               | 88
 * +                           held from                           +
 * |                                                               |
 * +---------------------------------------------------------------+
 * |                                                               | 96
 * +                            held to                            +
 * |                                                               |
 * +---------+-+-+-+---------------+-------------------------------+
 * |   0   |P|I|C|T|    length n   |  service, n bytes, 1..64      | 104
 * +---------+-+-+-+---------------+-------------------------------+
 * |    length m   |  client address, m bytes, 0..64               | 106 + n
 * +---------------+-----------------------------------------------+
 * |                        MAC, 16 bytes                          | 107 + n + m
 * +---------------------------------------------------------------+
 * </pre>
 *
 * @param takeover T: from another server; the epoch is a new one
 * @param prepares P: only with T: the server in the session's service goes on meanwhile; a fresh
 *     handler is to be brought near, and to go on when {@link Frame.Switch} says so. Received
 *     position and checksum, C and I are not final
 * @param clientClosed C: the client application has closed its socket; {@code heldTo} is the final
 *     {@code in} position
 * @param inputEnded I: the client application has ended its output (half-close); {@code heldTo} is
 *     the final {@code in} position
 * @param receivedPosition how many {@code out} bytes the client application has read
 * @param receivedChecksum CRC-32C over the {@code out} bytes [0, receivedPosition)
 * @param heldFrom the first {@code in} byte that the client can still send
 * @param heldTo the end of all {@code in} bytes that the client application has written; not below
 *     heldFrom
 * @param clientAddress ip:port of the client as the application first saw it, to be shown to a
 *     fresh handler; may be empty
 */
public record ResumePreface(
    long pairId,
    long linkNumber,
    SessionId session,
    int epoch,
    Bytes sealedKey,
    String service,
    boolean takeover,
    boolean prepares,
    boolean clientClosed,
    boolean inputEnded,
    long receivedPosition,
    int receivedChecksum,
    long heldFrom,
    long heldTo,
    String clientAddress)
    implements DataPreface {

  /** Longest client address, in bytes of UTF-8. */
  public static final int MAX_ADDRESS_BYTES = 64;

  private static final int TAKEOVER = 1;
  private static final int CLIENT_CLOSED = 2;
  private static final int INPUT_ENDED = 4;
  private static final int PREPARES = 8;

  @Override
  public PrefaceKind kind() {
    return PrefaceKind.RESUME;
  }

  @Override
  public byte[] encode(PairKeys keys) {
    FieldWriter out = PrefaceHeader.begin(PrefaceKind.RESUME);
    out.i64(pairId);
    out.position("link number", linkNumber);
    out.session(session);
    out.epoch(epoch);
    out.bytes("sealed key", sealedKey, PairKeys.KEY_BYTES);
    out.position("received position", receivedPosition);
    out.i32(receivedChecksum);
    out.range("held", heldFrom, heldTo);
    out.u8("flags", flags());
    out.text("service", service, 1, MAX_SERVICE_BYTES);
    out.text("client address", clientAddress, 0, MAX_ADDRESS_BYTES);
    return Seal.preface(out, keys);
  }

  private int flags() {
    return (takeover ? TAKEOVER : 0)
        | (clientClosed ? CLIENT_CLOSED : 0)
        | (inputEnded ? INPUT_ENDED : 0)
        | (prepares ? PREPARES : 0);
  }

  /** The preface in these bytes. The MAC is not checked: {@link #verify} first. */
  public static ResumePreface decode(byte[] wholePreface) throws FrameFormatException {
    FieldReader in = PrefaceHeader.fieldsOf(wholePreface, PrefaceKind.RESUME, PairKeys.MAC_BYTES);
    long pairId = in.i64("pair id");
    long linkNumber = in.position("link number");
    SessionId session = in.session();
    int epoch = in.epoch();
    Bytes sealedKey = in.bytes("sealed key", PairKeys.KEY_BYTES);
    long receivedPosition = in.position("received position");
    int receivedChecksum = in.i32("received checksum");
    long heldFrom = in.position("held from");
    long heldTo = in.positionFrom("held to", heldFrom);
    int flags = in.flags(TAKEOVER | CLIENT_CLOSED | INPUT_ENDED | PREPARES);
    if ((flags & PREPARES) != 0 && (flags & TAKEOVER) == 0) {
      throw new FrameFormatException("prepares no takeover: flags=" + flags);
    }
    String service = in.text("service", 1, MAX_SERVICE_BYTES);
    String clientAddress = in.text("client address", 0, MAX_ADDRESS_BYTES);
    in.end();
    return new ResumePreface(
        pairId,
        linkNumber,
        session,
        epoch,
        sealedKey,
        service,
        (flags & TAKEOVER) != 0,
        (flags & PREPARES) != 0,
        (flags & CLIENT_CLOSED) != 0,
        (flags & INPUT_ENDED) != 0,
        receivedPosition,
        receivedChecksum,
        heldFrom,
        heldTo,
        clientAddress);
  }

  /** As {@link DataPreface#verify}. */
  public static boolean verify(byte[] wholePreface, PairKeys keys) {
    return DataPreface.verify(wholePreface, keys);
  }

  /** As {@link DataPreface#pairIdOf}. */
  public static long pairIdOf(byte[] wholePreface) throws FrameFormatException {
    return DataPreface.pairIdOf(wholePreface);
  }
}

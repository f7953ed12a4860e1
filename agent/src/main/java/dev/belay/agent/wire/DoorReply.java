package dev.belay.agent.wire;

/**
 * What the door sends first on a data link; the server application's raw bytes follow, except after
 * a refusal.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |                                                               |  0
 * +                         reply header                          +
 * |                                                               |
 * +---------------------------------------------------------------+
 * |                                                               |  8
 * +                          in position                          +
 * |                                                               |
 * +---------------------------------------------------------------+
 * |                                                               | 16
 * +                           out final                           +
 * |                                                               |
 * +-------------+-+---------------+---------------+---------------+
 * |      0      |S|            reason             |    length n   | 24
 * +-------------+-+---------------+---------------+---------------+
 * |                    text, n bytes, 0..200                      | 28
 * +---------------------------------------------------------------+
 * |  MAC: HMAC-SHA-256(key, link number, all the preceding),      | 28 + n
 * |  first 16 bytes                                               |
 * +---------------------------------------------------------------+
 * </pre>
 *
 * @param code what happens next
 * @param inPosition from which the client continues to send
 * @param outFinal where the server application has ended its output, or {@link #UNKNOWN}
 * @param serverClosed S: the server application has closed its socket
 * @param reason of a refusal: the code of a {@link Refusal}; else 0
 * @param text of a refusal: for the log; cut to 200 bytes; else empty
 */
public record DoorReply(
    Code code, long inPosition, long outFinal, boolean serverClosed, int reason, String text) {

  /** A final position that is not known. */
  public static final long UNKNOWN = -1;

  /** Length of a reply without text. */
  static final int MIN_BYTES = 28 + PairKeys.MAC_BYTES;

  private static final int SERVER_CLOSED = 1;
  private static final byte[] NO_MAC = new byte[PairKeys.MAC_BYTES];

  /** What the door has decided. */
  public enum Code {
    /** A new session; raw bytes both ways. */
    OPENED(1),
    /** The handler is alive; raw bytes both ways, the client's from {@code inPosition}. */
    RESUMED(2),
    /**
     * A fresh handler: turn records from {@code inPosition}, see {@link TurnHeader}, then raw
     * bytes.
     */
    REPLAY(3),
    /** Nothing; the link is closed. */
    REFUSED(ReplyHeader.REFUSED);

    private final int code;

    Code(int code) {
      this.code = code;
    }

    private static Code of(int code) throws FrameFormatException {
      return switch (code) {
        case 1 -> OPENED;
        case 2 -> RESUMED;
        case 3 -> REPLAY;
        case ReplyHeader.REFUSED -> REFUSED;
        default -> throw new FrameFormatException("unknown reply code: " + code);
      };
    }
  }

  /** Cuts the text to what can be sent. Only a refusal has a reason and a text. */
  public DoorReply {
    text = WireText.diagnostic(text);
    if (code != Code.REFUSED && (reason != 0 || !text.isEmpty())) {
      throw new IllegalArgumentException(code + " has a reason: " + reason + " " + text);
    }
  }

  /** A new session is open. */
  public static DoorReply opened() {
    return new DoorReply(Code.OPENED, 0, UNKNOWN, false, 0, "");
  }

  /** The session goes on with the handler it has. */
  public static DoorReply resumed(long inPosition, long outFinal, boolean serverClosed) {
    return new DoorReply(Code.RESUMED, inPosition, outFinal, serverClosed, 0, "");
  }

  /** The session goes on with a fresh handler. */
  public static DoorReply replay(long inPosition, long outFinal, boolean serverClosed) {
    return new DoorReply(Code.REPLAY, inPosition, outFinal, serverClosed, 0, "");
  }

  /** No link. */
  public static DoorReply refused(Refusal refusal, String text) {
    return new DoorReply(Code.REFUSED, 0, UNKNOWN, false, refusal.code(), text);
  }

  /** The reply on the wire, with its MAC, for the link of that number. */
  public byte[] encode(PairKeys keys, long linkNumber) {
    return Seal.reply(fields(), keys, linkNumber);
  }

  /** A refusal on the wire with a MAC of zeros, by a door that has no key to make one with. */
  public byte[] encodeUnsigned() {
    if (code != Code.REFUSED || !Refusal.of(reason).isAllowedUnsigned()) {
      throw new IllegalArgumentException("may not be sent unsigned: " + this);
    }
    return fields().toWhole(PairKeys.MAC_BYTES);
  }

  private FieldWriter fields() {
    FieldWriter out = PrefaceHeader.begin(ReplyHeader.MAGIC, code.code);
    out.position("in position", inPosition);
    out.positionOrUnknown("out final", outFinal);
    out.u8("flags", serverClosed ? SERVER_CLOSED : 0);
    out.u16("reason", reason);
    out.text("text", text, 0, WireText.MAX_DIAGNOSTIC_BYTES);
    return out;
  }

  /** The reply in these bytes. The MAC is not checked: {@link #verify} first. */
  public static DoorReply decode(byte[] wholeReply) throws FrameFormatException {
    Code code = Code.of(ReplyHeader.ofWhole(wholeReply).code());
    if (wholeReply.length < MIN_BYTES) {
      throw new FrameFormatException("reply is short: " + wholeReply.length + " bytes");
    }
    FieldReader in =
        new FieldReader(
            wholeReply, ReplyHeader.HEADER_BYTES, wholeReply.length - PairKeys.MAC_BYTES);
    long inPosition = in.position("in position");
    long outFinal = in.positionOrUnknown("out final");
    boolean serverClosed = in.flags(SERVER_CLOSED) != 0;
    int reason = in.u16("reason");
    String text = in.text("text", 0, WireText.MAX_DIAGNOSTIC_BYTES);
    in.end();
    if (code != Code.REFUSED && (reason != 0 || !text.isEmpty())) {
      throw new FrameFormatException(code + " has a reason: " + reason);
    }
    return new DoorReply(code, inPosition, outFinal, serverClosed, reason, text);
  }

  /**
   * Whether the reply may be believed: its MAC is the one of these keys and this link, in constant
   * time; or it is a refusal without a MAC, for one of the reasons that a door may give without a
   * key.
   */
  public static boolean verify(byte[] wholeReply, PairKeys keys, long linkNumber) {
    if (wholeReply.length < MIN_BYTES) {
      return false;
    }
    return Seal.isIntact(wholeReply, keys.macOfReply(wholeReply, linkNumber))
        || isUnsignedRefusal(wholeReply);
  }

  private static boolean isUnsignedRefusal(byte[] wholeReply) {
    if (!Seal.isIntact(wholeReply, NO_MAC)) {
      return false;
    }
    try {
      DoorReply reply = decode(wholeReply);
      return reply.code == Code.REFUSED && Refusal.of(reply.reason).isAllowedUnsigned();
    } catch (FrameFormatException e) {
      return false;
    }
  }
}

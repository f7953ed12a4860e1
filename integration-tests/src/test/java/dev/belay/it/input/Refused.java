package dev.belay.it.input;

import java.nio.ByteBuffer;

/** A door's answer to a preface that it understood and refused. */
record Refused(int reason) {
  static final Refused BAD_MAC = new Refused(3);
  static final Refused UNKNOWN_PAIR = new Refused(4);
  static final Refused BAD_PREFACE = new Refused(13);
  static final Refused REPLAYED_LINK_NUMBER = new Refused(14);

  private static final int MAGIC = 0x42454C41;
  private static final int CODE = 128;
  private static final int CODE_OFFSET = 5;
  private static final int REASON_OFFSET = 25;

  /** Reads a reply to a data preface; anything else than a refusal is a failure. */
  static Refused in(byte[] reply) {
    ByteBuffer buffer = ByteBuffer.wrap(reply);
    boolean isRefusal =
        reply.length > REASON_OFFSET
            && buffer.getInt() == MAGIC
            && Byte.toUnsignedInt(buffer.get(CODE_OFFSET)) == CODE;
    if (!isRefusal) {
      throw new AssertionError("not a refusal: " + reply.length + " bytes");
    }
    return new Refused(Short.toUnsignedInt(buffer.getShort(REASON_OFFSET)));
  }
}

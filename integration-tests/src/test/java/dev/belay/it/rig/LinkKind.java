package dev.belay.it.rig;

import java.nio.ByteBuffer;

/** What a link through the breaker carries, told from the first bytes its client sent. */
public enum LinkKind {
  /** A data link that began a session. */
  OPEN,
  /** A data link that continues a session. */
  RESUME,
  /** The control link of a pair of JVMs. */
  CONTROL,
  /** Nothing of ours: a plain connection. */
  PLAIN,
  /** Too few bytes so far. */
  UNDECIDED;

  /** As many bytes as are needed to tell: magic u32, version u8, kind u8. */
  static final int HEAD_BYTES = 6;

  private static final int MAGIC = 0x42454C59;
  private static final int KIND_OFFSET = 5;

  /** Tells from the first bytes, in any number. */
  static LinkKind of(byte[] head, int length) {
    if (length < HEAD_BYTES) {
      return UNDECIDED;
    }
    if (ByteBuffer.wrap(head).getInt() != MAGIC) {
      return PLAIN;
    }
    return switch (head[KIND_OFFSET]) {
      case 1 -> OPEN;
      case 2 -> RESUME;
      case 3 -> CONTROL;
      default -> PLAIN;
    };
  }

  public boolean isData() {
    return this == OPEN || this == RESUME;
  }
}

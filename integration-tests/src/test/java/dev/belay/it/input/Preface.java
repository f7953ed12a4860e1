package dev.belay.it.input;

import dev.belay.it.rig.Link;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The bytes of a preface as {@code docs/protocol.md} describes them, written down a second time:
 * the tests know nothing of the agent's classes.
 */
record Preface(byte[] bytes) {
  static final int HEADER_BYTES = 8;
  static final int LARGEST = 512;
  static final byte OPEN = 1;
  static final byte RESUME = 2;
  static final byte CONTROL = 3;

  private static final int MAGIC = 0x42454C59;
  private static final int VERSION_OFFSET = 4;
  private static final int KIND_OFFSET = 5;
  private static final int LENGTH_OFFSET = 6;
  private static final int PAIR_OFFSET = 8;
  private static final int LINK_NUMBER_OFFSET = 16;
  private static final int SESSION_OFFSET = 24;
  private static final int EPOCH_OFFSET = 40;
  private static final int FLAGS_OFFSET = 104;
  private static final int TAKEOVER = 1;

  /** A header and zeros, of any length. */
  static Preface empty(byte kind, int totalLength) {
    ByteBuffer buffer = ByteBuffer.allocate(Math.max(HEADER_BYTES, totalLength));
    buffer.putInt(MAGIC).put((byte) 1).put(kind).putShort((short) totalLength);
    return new Preface(buffer.array());
  }

  /** What a link's client sent first. */
  static Preface sentOn(Link link) {
    byte[] sent = link.recording(Link.Direction.TO_SERVER).bytes();
    int length = Short.toUnsignedInt(ByteBuffer.wrap(sent).getShort(LENGTH_OFFSET));
    return new Preface(Arrays.copyOf(sent, length));
  }

  /** The first so many bytes. */
  byte[] first(int count) {
    return Arrays.copyOf(bytes, count);
  }

  Preface withVersion(int version) {
    return with(VERSION_OFFSET, (byte) version);
  }

  Preface withKind(int kind) {
    return with(KIND_OFFSET, (byte) kind);
  }

  Preface withPair(long pair) {
    return new Preface(ByteBuffer.wrap(bytes.clone()).putLong(PAIR_OFFSET, pair).array());
  }

  Preface withLinkNumber(long linkNumber) {
    return new Preface(
        ByteBuffer.wrap(bytes.clone()).putLong(LINK_NUMBER_OFFSET, linkNumber).array());
  }

  /** A RESUME as a takeover by an epoch that is higher by this. */
  Preface asTakeover(int epochs) {
    ByteBuffer changed = ByteBuffer.wrap(bytes.clone());
    changed.putInt(EPOCH_OFFSET, changed.getInt(EPOCH_OFFSET) + epochs);
    changed.put(FLAGS_OFFSET, (byte) (changed.get(FLAGS_OFFSET) | TAKEOVER));
    return new Preface(changed.array());
  }

  /** The same for another session. */
  Preface withOtherSession() {
    return with(SESSION_OFFSET, (byte) ~bytes[SESSION_OFFSET]);
  }

  private Preface with(int offset, byte value) {
    byte[] changed = bytes.clone();
    changed[offset] = value;
    return new Preface(changed);
  }

  long linkNumber() {
    return ByteBuffer.wrap(bytes).getLong(LINK_NUMBER_OFFSET);
  }
}

package dev.belay.it.programs;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * What a server of the Ledger protocol replies on one connection: a function of all that it has
 * read on it.
 *
 * <p>A request is {@code tag u64, largest reply u32, anything}. A reply is a state of eight bytes,
 * mixed from the checksum of the whole input so far, then zero to {@code largest} bytes expanded
 * from that state: a byte lost, doubled or changed shows in every later reply. Confined to one
 * thread at a time.
 */
final class Ledger {
  static final int REQUEST_HEAD_BYTES = Long.BYTES + Integer.BYTES;
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final CRC32C inputChecksum = new CRC32C();
  private long state = GOLDEN;
  private long inputLength;

  /** The framed reply to one request's payload. */
  byte[] replyTo(byte[] request) {
    inputChecksum.update(request, 0, request.length);
    inputLength += request.length;
    state = mix(state ^ mix(inputChecksum.getValue() + GOLDEN * inputLength));
    return Frames.frame(expansion(ByteBuffer.wrap(request).getInt(Long.BYTES)));
  }

  /** The tag that a client put into its request. */
  static long tagOf(byte[] request) {
    return ByteBuffer.wrap(request).getLong();
  }

  /** A well mixed value of another one; the finalizer of SplitMix64. */
  static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }

  private byte[] expansion(int largest) {
    int count = (int) Long.remainderUnsigned(mix(state + 1), largest + 1L);
    ByteBuffer reply = ByteBuffer.allocate(Long.BYTES + count);
    reply.putLong(state);
    fill(reply, state);
    return reply.array();
  }

  /** Fills the rest of a buffer with bytes that depend on the seed only. */
  static void fill(ByteBuffer buffer, long seed) {
    long next = seed;
    while (buffer.remaining() >= Long.BYTES) {
      next += GOLDEN;
      buffer.putLong(mix(next));
    }
    for (long last = mix(next + GOLDEN); buffer.hasRemaining(); last >>>= Byte.SIZE) {
      buffer.put((byte) last);
    }
  }
}

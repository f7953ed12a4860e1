package dev.belay.samples.telemetry;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Layout of the messages, all numbers big-endian:
 *
 * <pre>
 *   0               4
 *   +---------------+------------------------+
 *   | length L      | L bytes of payload     |
 *   +---------------+------------------------+
 *
 *   payload of a sample:           sequence (8), measured bytes (0 to 1016)
 *   payload of an acknowledgement: count (8), checksum over all samples so far (8)
 * </pre>
 */
final class Frames {

  static final int LENGTH_BYTES = 4;
  static final int MAX_PAYLOAD_BYTES = 1024;
  static final int MAX_FRAME_BYTES = LENGTH_BYTES + MAX_PAYLOAD_BYTES;
  static final int ACK_PAYLOAD_BYTES = 16;
  static final int ACK_FRAME_BYTES = LENGTH_BYTES + ACK_PAYLOAD_BYTES;

  private Frames() {}

  /**
   * Takes the next whole payload out of a buffer that is ready for reading; empty if it is not
   * there yet.
   *
   * @throws IOException if the length is out of its limits
   */
  static Optional<byte[]> take(ByteBuffer in) throws IOException {
    if (in.remaining() < LENGTH_BYTES) {
      return Optional.empty();
    }
    int length = in.getInt(in.position());
    if (length < 0 || length > MAX_PAYLOAD_BYTES) {
      throw new IOException("bad frame length " + length);
    }
    if (in.remaining() < LENGTH_BYTES + length) {
      return Optional.empty();
    }
    byte[] payload = new byte[length];
    in.position(in.position() + LENGTH_BYTES).get(payload);
    return Optional.of(payload);
  }

  /** Appends one frame to a buffer that has the room for it. */
  static void put(ByteBuffer out, byte[] payload) {
    out.putInt(payload.length).put(payload);
  }
}

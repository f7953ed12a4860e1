package dev.belay.samples.telemetry;

import java.nio.ByteBuffer;

/**
 * FNV-1a with 64 bits over all samples of one connection, with their lengths. Used by one thread.
 */
final class RunningChecksum {

  private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private long checksum = OFFSET_BASIS;
  private long count;

  /** Takes in the next sample and returns the payload of its acknowledgement. */
  byte[] acknowledge(byte[] sample) {
    count++;
    mix((byte) (sample.length >>> Byte.SIZE));
    mix((byte) sample.length);
    for (byte next : sample) {
      mix(next);
    }
    return ByteBuffer.allocate(Frames.ACK_PAYLOAD_BYTES).putLong(count).putLong(checksum).array();
  }

  private void mix(byte next) {
    checksum = (checksum ^ (next & 0xff)) * PRIME;
  }
}

package dev.belay.agent.session;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * An array that plays native memory, addresses of vectors included. The checksum is computed bit by
 * bit, as the polynomial says.
 */
final class FakeStream implements NativeStream {
  static final long ADDRESS = 1L << 40;

  private static final int CASTAGNOLI = 0x82F63B78; // RFC 3720 appendix B.4, reflected

  private final byte[] bytes;
  private Runnable onCopy = () -> {};
  private final Map<Long, long[][]> vectors = new HashMap<>();

  FakeStream(byte[] bytes) {
    this.bytes = bytes;
  }

  /** What is to happen in the middle of the next copy. */
  void onCopy(Runnable action) {
    onCopy = action;
  }

  /** Vectors one behind the other from an offset on; the answer is their address. */
  long vectorsAt(int offset, int... lengths) {
    long[][] array = new long[lengths.length][];
    long base = ADDRESS + offset;
    for (int i = 0; i < lengths.length; i++) {
      array[i] = new long[] {base, lengths[i]};
      base += lengths[i];
    }
    long address = -1L - vectors.size();
    vectors.put(address, array);
    return address;
  }

  @Override
  public void copy(long address, byte[] target, int offset, int length) {
    Runnable action = onCopy;
    onCopy = () -> {};
    action.run();
    System.arraycopy(bytes, offsetOf(address), target, offset, length);
  }

  @Override
  public void copyOut(byte[] source, int offset, long address, int length) {
    System.arraycopy(source, offset, bytes, offsetOf(address), length);
  }

  @Override
  public int checksum(int register, long address, int length) {
    int from = offsetOf(address);
    int crc = register;
    for (byte each : Arrays.copyOfRange(bytes, from, from + length)) {
      crc ^= each & 0xff;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc >>> 1) ^ (CASTAGNOLI & -(crc & 1));
      }
    }
    return crc;
  }

  @Override
  public long vectorBase(long address, int index) {
    return vectors.get(address)[index][0];
  }

  @Override
  public int vectorLength(long address, int index) {
    return (int) vectors.get(address)[index][1];
  }

  private static int offsetOf(long address) {
    return Math.toIntExact(address - ADDRESS);
  }
}

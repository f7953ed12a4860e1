package dev.belay.agent.session;

/**
 * Native memory that is an array.
 *
 * <p>Invariant: only addresses from {@link #ADDRESS} on exist, as many as the array is long. One
 * thread.
 */
final class FakeMemory implements NativeMemory {

  /** Address of the first byte; odd, so that it is not taken for an index. */
  static final long ADDRESS = 0x7f00_0000_1003L;

  private final byte[] bytes;

  FakeMemory(byte[] bytes) {
    this.bytes = bytes;
  }

  @Override
  public void copy(long address, byte[] target, int offset, int length) {
    System.arraycopy(bytes, Math.toIntExact(address - ADDRESS), target, offset, length);
  }

  @Override
  public void copyOut(byte[] source, int offset, long address, int length) {
    System.arraycopy(source, offset, bytes, Math.toIntExact(address - ADDRESS), length);
  }
}

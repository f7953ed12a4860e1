package dev.belay.agent.descriptor;

/** A stream of bytes that are known from their position alone. Immutable. */
public final class Stream {
  private final long key;

  public Stream(long key) {
    this.key = key;
  }

  public byte at(long position) {
    long mixed = (position + key) * 0x9E3779B97F4A7C15L;
    return (byte) (mixed >>> 56);
  }

  /** The bytes [from, to). */
  public byte[] between(long from, long to) {
    byte[] bytes = new byte[(int) (to - from)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = at(from + i);
    }
    return bytes;
  }

  /** Fails unless these are the bytes from that position on. */
  public void check(long position, byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      if (bytes[i] != at(position + i)) {
        throw new AssertionError("wrong byte at " + (position + i) + " of stream " + key);
      }
    }
  }
}

package dev.belay.samples.media;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Bytes that are a function of a seed and their position (SplitMix64, eight bytes a step), so that
 * no file is needed.
 */
record GeneratedMedia(long seed, long size) implements Media {

  /** A name {@code generated:SEED:SIZE} stands for these bytes on every server. */
  static final String PREFIX = "generated:";

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  /** The media of a name. */
  static GeneratedMedia named(String name) {
    String[] parts = name.split(":", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException("not generated:SEED:SIZE: " + name);
    }
    return new GeneratedMedia(Long.parseLong(parts[1]), Long.parseLong(parts[2]));
  }

  @Override
  public Reader open(long offset) {
    return new GeneratingReader(seed, offset);
  }

  private static long word(long seed, long index) {
    long z = seed + (index + 1) * GOLDEN;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** Generates the bytes from a position on. Used by one thread. */
  private static final class GeneratingReader implements Reader {

    private final long seed;
    private long position;

    GeneratingReader(long seed, long position) {
      this.seed = seed;
      this.position = position;
    }

    @Override
    public void read(byte[] chunk, int length) {
      int at = 0;
      while (at < length) {
        if (position % Long.BYTES == 0 && length - at >= Long.BYTES) {
          LONG.set(chunk, at, word(seed, position / Long.BYTES));
          at += Long.BYTES;
          position += Long.BYTES;
        } else {
          chunk[at++] = oneByte();
        }
      }
    }

    private byte oneByte() {
      long word = word(seed, position / Long.BYTES);
      int shift = (int) (position % Long.BYTES) * Byte.SIZE;
      position++;
      return (byte) (word >>> shift);
    }

    @Override
    public void close() {}
  }
}

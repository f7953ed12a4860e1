package dev.belay.agent.sim.kernel;

import dev.belay.agent.descriptor.JdkMemory;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import sun.nio.ch.BelayNative;

/**
 * Native memory, which is real: not woven, so that the bridge named here is the true one. Buffers
 * are lent and used again, run after run.
 *
 * <p>Threads: any. It is the one class of the kernel that the loaders of all threads share.
 */
public final class Memory {
  public static final int BUFFER_BYTES = 8 << 10;

  private static final Queue<ByteBuffer> FREE = new ConcurrentLinkedQueue<>();

  private Memory() {}

  public static ByteBuffer lend() {
    ByteBuffer free = FREE.poll();
    return free != null ? free.clear() : ByteBuffer.allocateDirect(BUFFER_BYTES);
  }

  public static void giveBack(ByteBuffer lent) {
    FREE.add(lent);
  }

  public static long addressOf(ByteBuffer direct) {
    return JdkMemory.addressOf(direct) + direct.position();
  }

  public static void copy(long address, byte[] target, int offset, int length) {
    BelayNative.copy(address, target, offset, length);
  }

  public static void copyOut(byte[] source, int offset, long address, int length) {
    BelayNative.copyOut(source, offset, address, length);
  }

  public static int crc32c(int register, long address, int length) {
    return BelayNative.crc32c(register, address, length);
  }
}

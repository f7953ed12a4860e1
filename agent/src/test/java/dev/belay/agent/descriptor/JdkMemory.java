package dev.belay.agent.descriptor;

import dev.belay.agent.session.NativeStream;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import sun.nio.ch.BelayNative;

/** Native memory as the agent uses it. No state, any thread. */
public final class JdkMemory implements NativeStream {
  private static final Method ADDRESS = findAddress();

  /** By reflection only because the compiler warns of each use of the JDK's own interface. */
  private static Method findAddress() {
    try {
      return Class.forName("sun.nio.ch.DirectBuffer").getMethod("address");
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Where the first byte of a direct buffer lies. */
  public static long addressOf(ByteBuffer direct) {
    try {
      return (long) ADDRESS.invoke(direct);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void copy(long address, byte[] target, int offset, int length) {
    BelayNative.copy(address, target, offset, length);
  }

  @Override
  public void copyOut(byte[] source, int offset, long address, int length) {
    BelayNative.copyOut(source, offset, address, length);
  }

  @Override
  public int checksum(int register, long address, int length) {
    return BelayNative.crc32c(register, address, length);
  }

  @Override
  public long vectorBase(long vectors, int index) {
    return BelayNative.vectorBase(vectors, index);
  }

  @Override
  public int vectorLength(long vectors, int index) {
    return BelayNative.vectorLength(vectors, index);
  }
}

package dev.belay.benchmarks.micro;

import dev.belay.agent.session.NativeStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** Native memory by the agent's bridge, as in the agent. */
final class BridgeStream implements NativeStream {
  private static final MethodHandle COPY =
      bridge("copy", void.class, long.class, byte[].class, int.class, int.class);
  private static final MethodHandle COPY_OUT =
      bridge("copyOut", void.class, byte[].class, int.class, long.class, int.class);
  private static final MethodHandle CRC =
      bridge("crc32c", int.class, int.class, long.class, int.class);

  private static MethodHandle bridge(String name, Class<?> result, Class<?>... parameters) {
    try {
      Class<?> bridge = Class.forName("sun.nio.ch.BelayNative");
      return MethodHandles.lookup()
          .findStatic(bridge, name, MethodType.methodType(result, parameters));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @Override
  public void copy(long address, byte[] target, int offset, int length) {
    try {
      COPY.invokeExact(address, target, offset, length);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void copyOut(byte[] source, int offset, long address, int length) {
    try {
      COPY_OUT.invokeExact(source, offset, address, length);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public int checksum(int register, long address, int length) {
    try {
      return (int) CRC.invokeExact(register, address, length);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public long vectorBase(long vectors, int index) {
    throw new UnsupportedOperationException("no vectors here");
  }

  @Override
  public int vectorLength(long vectors, int index) {
    throw new UnsupportedOperationException("no vectors here");
  }
}

package dev.belay.agent.descriptor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The struct iovec array of a scattering or gathering call, each vector with memory of its own. */
public final class Vectors {
  private static final int VECTOR_BYTES = 16;

  private final ByteBuffer array;
  private final ByteBuffer[] memories;

  public Vectors(int... lengths) {
    array = ByteBuffer.allocateDirect(VECTOR_BYTES * lengths.length).order(ByteOrder.nativeOrder());
    memories = new ByteBuffer[lengths.length];
    for (int i = 0; i < lengths.length; i++) {
      memories[i] = ByteBuffer.allocateDirect(Math.max(1, lengths[i]));
      array.putLong(JdkMemory.addressOf(memories[i])).putLong(lengths[i]);
    }
  }

  public long address() {
    return JdkMemory.addressOf(array);
  }

  /** The memory of one vector, from its beginning. */
  public ByteBuffer memory(int index) {
    return memories[index].clear();
  }
}

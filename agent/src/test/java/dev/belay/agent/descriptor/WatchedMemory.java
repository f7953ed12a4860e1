package dev.belay.agent.descriptor;

import dev.belay.agent.session.NativeStream;

/** Memory that looks at something at the moment when a session counts bytes. */
class WatchedMemory implements NativeStream {
  private final JdkMemory memory = new JdkMemory();

  /** Bytes are being counted, under the session's lock when they are sent ones. */
  void counting() {}

  @Override
  public final void copy(long address, byte[] target, int offset, int length) {
    memory.copy(address, target, offset, length);
    counting();
  }

  @Override
  public final void copyOut(byte[] source, int offset, long address, int length) {
    memory.copyOut(source, offset, address, length);
  }

  @Override
  public final int checksum(int register, long address, int length) {
    counting();
    return memory.checksum(register, address, length);
  }

  @Override
  public final long vectorBase(long vectors, int index) {
    return memory.vectorBase(vectors, index);
  }

  @Override
  public final int vectorLength(long vectors, int index) {
    return memory.vectorLength(vectors, index);
  }
}

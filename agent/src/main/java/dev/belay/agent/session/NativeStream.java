package dev.belay.agent.session;

/**
 * What a session needs of native memory besides copying: the checksum of bytes where they lie, and
 * the vectors of scattering and gathering calls. Implemented outside with the JDK's own means.
 */
public interface NativeStream extends NativeMemory {
  /**
   * CRC-32C (RFC 3720, Castagnoli) as a raw register, that is without the final inversion.
   *
   * @param register {@link Session#EMPTY_CHECKSUM} at the beginning of the stream
   */
  int checksum(int register, long address, int length);

  /** Address of the index-th struct iovec's memory. */
  long vectorBase(long vectors, int index);

  /** Length in bytes of the index-th struct iovec's memory. */
  int vectorLength(long vectors, int index);
}

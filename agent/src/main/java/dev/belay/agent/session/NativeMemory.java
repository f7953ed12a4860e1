package dev.belay.agent.session;

/**
 * Memory outside the heap, where the JDK puts the bytes of its reads and writes.
 *
 * <p>Invariant: an implementation copies exactly {@code length} bytes or throws having copied none;
 * it checks the heap side only, an address is believed. Any thread.
 */
public interface NativeMemory {

  /** Copies {@code length} bytes from {@code address} to {@code target} from {@code offset} on. */
  void copy(long address, byte[] target, int offset, int length);

  /** Copies {@code length} bytes of {@code source} from {@code offset} on to {@code address}. */
  void copyOut(byte[] source, int offset, long address, int length);
}

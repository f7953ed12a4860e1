package sun.nio.ch;

import java.io.FileDescriptor;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * What the woven JDK calls for a guarded descriptor. The agent implements it; this class only gives
 * it a name that {@code java.base} can see.
 *
 * <p>Invariant: every {@code begin} that answered {@link #GO} is followed by exactly one {@code
 * end} or {@code failed} of the same direction in the same thread. At most one thread is in each
 * direction at a time (the JDK's read and write locks see to it).
 */
public abstract class BelayHook {
  /** Answer of a begin: call the native method. */
  public static final int GO = 0;

  /** Answer of an end or failed: ask begin again. No IOStatus has this value. */
  public static final int RETRY = Integer.MIN_VALUE;

  /** Answers of the connect questions. */
  public static final int PASS = Integer.MIN_VALUE;

  /** {@link #GO}, or what the caller gets at once: an IOStatus. */
  public abstract int beginRead() throws IOException;

  /** A native read of {@code n} bytes (or an IOStatus) to {@code address} is over. */
  public abstract int endRead(long address, int n) throws IOException;

  /** A native scattering read into {@code count} vectors at {@code vectors} is over. */
  public abstract long endReadVector(long vectors, int count, long n) throws IOException;

  /** A native read failed; answers an IOStatus or {@link #RETRY}, or throws. */
  public abstract int readFailed(IOException failure) throws IOException;

  /** {@link #GO}, or what the caller gets at once: an IOStatus. */
  public abstract int beginWrite() throws IOException;

  /** A native write of {@code n} bytes (or an IOStatus) from {@code address} is over. */
  public abstract int endWrite(long address, int n) throws IOException;

  /**
   * Whether a write that has taken {@code done} bytes goes on, now that {@code answer} is what
   * became of its {@code length} other bytes, or of a piece of them.
   */
  public abstract boolean goesOn(int done, int answer, int length) throws IOException;

  /** A native gathering write of {@code count} vectors at {@code vectors} is over. */
  public abstract long endWriteVector(long vectors, int count, long n) throws IOException;

  /** A native write failed; answers an IOStatus or {@link #RETRY}, or throws. */
  public abstract int writeFailed(IOException failure) throws IOException;

  /** The descriptor number is about to be closed or put aside; it is not ours any longer. */
  public abstract void released(FileDescriptor fd);

  /**
   * Instead of {@code Net.shutdown}: true when the hook has done all there is to do.
   *
   * @param isClosing the JDK does so on its way to a close; nothing is read any more
   */
  public abstract boolean shutdown(FileDescriptor fd, int how, boolean isClosing)
      throws IOException;

  /** Instead of {@code IOUtil.configureBlocking}. */
  public abstract void configureBlocking(FileDescriptor fd, boolean blocking) throws IOException;

  /** {@link #PASS}, 0 (not yet) or 1 (connected); throws why the connection failed. */
  public abstract int pollConnect() throws IOException;

  /** Bytes that can be read at once. */
  public abstract int available() throws IOException;

  /** The local address the application is to see, or null for the kernel's. */
  public abstract InetSocketAddress localAddress();

  /** The remote address the application is to see, or null for the kernel's. */
  public abstract InetSocketAddress remoteAddress();

  /** What of that interest poll(2) may report just now. */
  public abstract int pollInterest(int interest);

  /** A platform thread, given by its native id, is about to enter poll(2) on this descriptor. */
  public abstract void enterPoll(long nativeThread);

  /** It has come back. */
  public abstract void exitPoll(long nativeThread);

  /** The application set a socket option that belongs to the link, so that the next has it too. */
  public abstract void optionSet(java.net.SocketOption<?> name, Object value);
}

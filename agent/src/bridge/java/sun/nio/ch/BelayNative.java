package sun.nio.ch;

import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import jdk.internal.access.SharedSecrets;
import jdk.internal.misc.Unsafe;

/**
 * The JDK's own system calls, for the agent: sockets, dup2, epoll, signals, native memory. No
 * logic; none of these calls passes the seam. Called on any thread.
 */
public final class BelayNative {
  /** POLLRDHUP and EPOLLRDHUP: the peer has ended its output, or the connection is gone. */
  public static final int PEER_ENDED = 0x2000;

  public static final int UNAVAILABLE = IOStatus.UNAVAILABLE;
  public static final int INTERRUPTED = IOStatus.INTERRUPTED;
  public static final int EOF = IOStatus.EOF;
  public static final int SHUT_READ = Net.SHUT_RD;
  public static final int SHUT_WRITE = Net.SHUT_WR;
  public static final int SHUT_BOTH = Net.SHUT_RDWR;
  public static final int EPOLLIN = EPoll.EPOLLIN;
  public static final int EPOLLOUT = EPoll.EPOLLOUT;

  /** Of Linux on the processors that JDKs are made for. */
  private static final int SOL_SOCKET = 1;

  private static final int SO_RCVLOWAT = 18;

  private static final Unsafe UNSAFE = Unsafe.getUnsafe();
  private static final long BYTES = findBytes();
  private static final SocketDispatcher SOCKETS = new SocketDispatcher();
  private static final DatagramDispatcher DUPLICATOR = new DatagramDispatcher();
  private static final MethodHandle CRC = findCrc();

  private BelayNative() {}

  /**
   * Where the bytes of an array begin, as a heap buffer has it in its address. The JDK's own word
   * for it is an int on 17 and a long on 25, and reflection costs 5 ms of a start on 25.
   */
  private static long findBytes() {
    long address = UNSAFE.objectFieldOffset(Buffer.class, "address");
    return UNSAFE.getLong(ByteBuffer.allocate(1), address);
  }

  private static MethodHandle findCrc() {
    try {
      return MethodHandles.privateLookupIn(CRC32C.class, MethodHandles.lookup())
          .findStatic(
              CRC32C.class,
              "updateDirectByteBuffer",
              MethodType.methodType(int.class, int.class, long.class, int.class, int.class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** A new TCP socket. */
  public static FileDescriptor socket() throws IOException {
    return Net.socket(Net.UNSPEC, true);
  }

  public static void bind(FileDescriptor fd, InetAddress address, int port) throws IOException {
    Net.bind(fd, address, port);
  }

  public static void listen(FileDescriptor fd, int backlog) throws IOException {
    Net.listen(fd, backlog);
  }

  /** True when connected at once, false when under way. */
  public static boolean connect(FileDescriptor fd, InetAddress address, int port)
      throws IOException {
    return Net.connect(Net.UNSPEC, fd, address, port) > 0;
  }

  public static boolean pollConnect(FileDescriptor fd) throws IOException {
    return Net.pollConnect(fd, 0);
  }

  /** The accepted descriptor, or null when there is none. */
  public static FileDescriptor accept(FileDescriptor fd, InetSocketAddress[] from)
      throws IOException {
    FileDescriptor accepted = new FileDescriptor();
    return Net.accept(fd, accepted, from) > 0 ? accepted : null;
  }

  public static InetSocketAddress localAddress(FileDescriptor fd) throws IOException {
    return Net.localAddress(fd);
  }

  public static InetSocketAddress remoteAddress(FileDescriptor fd) throws IOException {
    return Net.remoteAddress(fd);
  }

  public static int read(FileDescriptor fd, ByteBuffer target) throws IOException {
    return IOUtil.read(fd, target, -1, SOCKETS);
  }

  public static int write(FileDescriptor fd, ByteBuffer source) throws IOException {
    return IOUtil.write(fd, source, -1, SOCKETS);
  }

  /** Bytes that can be read without waiting. */
  public static int available(FileDescriptor fd) throws IOException {
    return Net.available(fd);
  }

  /** True when a read would not wait: bytes, the end of the stream, or an error. */
  public static boolean isReadable(FileDescriptor fd) throws IOException {
    return Net.poll(fd, Net.POLLIN, 0) != 0;
  }

  /** True when the connection was reset, or is over in both directions: a write would fail. */
  public static boolean hasFailed(FileDescriptor fd) throws IOException {
    return Net.poll(fd, 0, 0) != 0;
  }

  /** True when the peer has ended its output, or the connection is gone; reads nothing. */
  public static boolean hasPeerEnded(FileDescriptor fd) throws IOException {
    return Net.poll(fd, PEER_ENDED, 0) != 0;
  }

  public static void configureBlocking(FileDescriptor fd, boolean blocking) throws IOException {
    IOUtil.configureBlocking(fd, blocking);
  }

  public static void shutdown(FileDescriptor fd, int how) throws IOException {
    Net.shutdown(fd, how);
  }

  public static void close(FileDescriptor fd) throws IOException {
    SOCKETS.close(fd);
  }

  /** dup2(2): {@code onto} becomes another name of what {@code from} names. */
  public static void duplicate(FileDescriptor from, FileDescriptor onto) throws IOException {
    DUPLICATOR.dup(from, onto);
  }

  public static Object option(FileDescriptor fd, SocketOption<?> name) throws IOException {
    return Net.getSocketOption(fd, familyOf(name), name);
  }

  /** Of both protocol families where the option has one: a socket of IPv6 has links of IPv4. */
  public static void option(FileDescriptor fd, SocketOption<?> name, Object value)
      throws IOException {
    ProtocolFamily family = familyOf(name);
    Net.setSocketOption(fd, family, name, value);
    if (family == StandardProtocolFamily.INET6) {
      Net.setSocketOption(fd, StandardProtocolFamily.INET, name, value);
    }
  }

  /**
   * SO_RCVLOWAT: readable from so many bytes on. By reflection, since the method is private; only
   * servers that take a session over need it.
   */
  public static void readableFrom(FileDescriptor fd, int bytes) throws IOException {
    try {
      Method setter =
          Net.class.getDeclaredMethod(
              "setIntOption0",
              FileDescriptor.class,
              boolean.class,
              int.class,
              int.class,
              int.class,
              boolean.class);
      setter.setAccessible(true);
      setter.invoke(null, fd, false, SOL_SOCKET, SO_RCVLOWAT, bytes, false);
    } catch (ReflectiveOperationException e) {
      return; // woken for less, which is no more than a waste
    }
  }

  /**
   * Ends a connection with a reset, whoever waits for it included; the socket keeps its address and
   * port, if those were bound by number. Connecting to nowhere does that (connect(2), AF_UNSPEC),
   * for which the JDK has a private method only.
   */
  public static void disconnect(FileDescriptor fd) throws IOException {
    try {
      Method disconnect =
          DatagramChannelImpl.class.getDeclaredMethod(
              "disconnect0", FileDescriptor.class, boolean.class);
      disconnect.setAccessible(true);
      disconnect.invoke(null, fd, Net.isIPv6Available());
    } catch (ReflectiveOperationException e) {
      throw new IOException("cannot be disconnected: " + e);
    }
  }

  private static ProtocolFamily familyOf(SocketOption<?> name) {
    if (name != StandardSocketOptions.IP_TOS) {
      return Net.UNSPEC;
    }
    return Net.isIPv6Available() ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
  }

  public static void signal(long nativeThread) {
    NativeThread.signal(nativeThread);
  }

  /** The read end in the high, the write end in the low 32 bits. */
  public static long pipe() throws IOException {
    return IOUtil.makePipe(false);
  }

  public static void wake(int pipeEnd) throws IOException {
    IOUtil.write1(pipeEnd, (byte) 0);
  }

  public static void drain(int pipeEnd) throws IOException {
    IOUtil.drain(pipeEnd);
  }

  public static int epoll() throws IOException {
    return EPoll.create();
  }

  /** Zero or errno. */
  public static int epollAdd(int epfd, int fd, int events) {
    return EPoll.ctl(epfd, EPoll.EPOLL_CTL_ADD, fd, events);
  }

  public static int epollModify(int epfd, int fd, int events) {
    return EPoll.ctl(epfd, EPoll.EPOLL_CTL_MOD, fd, events);
  }

  public static int epollRemove(int epfd, int fd) {
    return EPoll.ctl(epfd, EPoll.EPOLL_CTL_DEL, fd, 0);
  }

  public static long allocateEvents(int count) {
    return EPoll.allocatePollArray(count);
  }

  public static int await(int epfd, long array, int count, int timeoutMs) throws IOException {
    return EPoll.wait(epfd, array, count, timeoutMs);
  }

  public static int eventDescriptor(long array, int index) {
    return EPoll.getDescriptor(EPoll.getEvent(array, index));
  }

  public static int events(long array, int index) {
    return EPoll.getEvents(EPoll.getEvent(array, index));
  }

  /** Where a direct buffer's memory is; the buffer has to be held while that is used. */
  public static long address(ByteBuffer direct) {
    return ((DirectBuffer) direct).address();
  }

  public static void copy(long address, byte[] target, int offset, int length) {
    UNSAFE.copyMemory(null, address, target, BYTES + offset, length);
  }

  public static void copyOut(byte[] source, int offset, long address, int length) {
    UNSAFE.copyMemory(source, BYTES + offset, null, address, length);
  }

  /** An array with any content: for one that is written before it is read. */
  public static byte[] newBytes(int length) {
    return (byte[]) UNSAFE.allocateUninitializedArray(byte.class, length);
  }

  /** The raw CRC-32C register after {@code length} bytes at {@code address}. */
  public static int crc32c(int register, long address, int length) {
    try {
      return (int) CRC.invokeExact(register, address, 0, length);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Base of the i-th struct iovec (two native words each). */
  public static long vectorBase(long vectors, int index) {
    return UNSAFE.getLong(vectors + 16L * index);
  }

  public static int vectorLength(long vectors, int index) {
    return (int) UNSAFE.getLong(vectors + 16L * index + 8);
  }

  /**
   * Runs after the application's shutdown hooks (which are slot 1), in a slot that no JDK class
   * uses.
   */
  public static void atShutdown(Runnable last) {
    SharedSecrets.getJavaLangAccess().registerShutdownHook(5, false, last);
  }
}

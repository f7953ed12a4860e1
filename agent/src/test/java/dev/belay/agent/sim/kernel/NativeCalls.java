package dev.belay.agent.sim.kernel;

import java.io.FileDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Stands in for {@code BelayNative}: the same methods on the kernel of the JVM that is running. */
public final class NativeCalls {
  private static final int UNAVAILABLE = -2;
  private static final int EOF = -1;
  private static final int SHUT_READ = 0;
  private static final int SHUT_WRITE = 1;

  private static List<Epoll.Ready> reported = List.of();

  private NativeCalls() {}

  private static Tcp socket(FileDescriptor fd) throws IOException {
    return Jvm.current().socket(Numbers.of(fd));
  }

  public static FileDescriptor socket() throws IOException {
    return Numbers.descriptor(Jvm.current().install(new Tcp(Jvm.current())));
  }

  public static void bind(FileDescriptor fd, InetAddress address, int port) throws IOException {
    socket(fd).bind(address, port);
  }

  public static void listen(FileDescriptor fd, int backlog) throws IOException {
    socket(fd).listen(backlog);
  }

  public static boolean connect(FileDescriptor fd, InetAddress address, int port)
      throws IOException {
    socket(fd).connect(new InetSocketAddress(address, port));
    return false;
  }

  public static boolean pollConnect(FileDescriptor fd) throws IOException {
    return socket(fd).isConnected();
  }

  public static FileDescriptor accept(FileDescriptor fd, InetSocketAddress[] from)
      throws IOException {
    Tcp accepted = socket(fd).accept();
    if (accepted == null) {
      return null;
    }
    from[0] = accepted.remote();
    return Numbers.descriptor(Jvm.current().install(accepted));
  }

  public static InetSocketAddress localAddress(FileDescriptor fd) throws IOException {
    InetSocketAddress local = socket(fd).local();
    return local == null ? new InetSocketAddress(0) : local;
  }

  public static InetSocketAddress remoteAddress(FileDescriptor fd) throws IOException {
    return socket(fd).remote();
  }

  public static int read(FileDescriptor fd, ByteBuffer target) throws IOException {
    int n = socket(fd).read(target);
    return n > 0 ? n : n == 0 ? UNAVAILABLE : EOF;
  }

  public static int write(FileDescriptor fd, ByteBuffer source) throws IOException {
    int n = socket(fd).write(source);
    return n > 0 ? n : UNAVAILABLE;
  }

  public static int available(FileDescriptor fd) throws IOException {
    return socket(fd).available();
  }

  public static boolean isReadable(FileDescriptor fd) throws IOException {
    return socket(fd).isReady(OpenFile.IN);
  }

  public static boolean hasFailed(FileDescriptor fd) throws IOException {
    return socket(fd).isReady(0);
  }

  public static void configureBlocking(FileDescriptor fd, boolean blocking) throws IOException {
    Jvm.current().file(Numbers.of(fd)).blocking(blocking);
  }

  public static void shutdown(FileDescriptor fd, int how) throws IOException {
    socket(fd).shutdown(how != SHUT_WRITE, how != SHUT_READ);
  }

  public static void disconnect(FileDescriptor fd) throws IOException {
    socket(fd).disconnect();
  }

  public static boolean hasPeerEnded(FileDescriptor fd) throws IOException {
    return socket(fd).hasPeerEnded();
  }

  public static void close(FileDescriptor fd) throws IOException {
    int number = Numbers.of(fd);
    Numbers.set(fd, -1);
    Jvm.current().close(number);
  }

  public static void duplicate(FileDescriptor from, FileDescriptor onto) throws IOException {
    Jvm.current().duplicate(Numbers.of(from), Numbers.of(onto));
  }

  public static Object option(FileDescriptor fd, SocketOption<?> name) throws IOException {
    return socket(fd).option(name);
  }

  public static void option(FileDescriptor fd, SocketOption<?> name, Object value)
      throws IOException {
    socket(fd).option(name, value);
  }

  public static void readableFrom(FileDescriptor fd, int bytes) throws IOException {
    socket(fd).readableFrom(bytes);
  }

  public static void signal(long nativeThread) {
    Jvm.current().signal(nativeThread);
  }

  public static long pipe() throws IOException {
    Pipe pipe = new Pipe();
    long readEnd = Jvm.current().install(pipe.readEnd());
    return readEnd << 32 | Jvm.current().install(pipe.writeEnd());
  }

  public static void wake(int pipeEnd) throws IOException {
    Pipe.write(Jvm.current().file(pipeEnd));
  }

  public static void drain(int pipeEnd) throws IOException {
    Pipe.drain(Jvm.current().file(pipeEnd));
  }

  /** The product makes one instance, the loop's. */
  public static int epoll() throws IOException {
    Epoll made = new Epoll();
    Jvm.current().loopEpoll(made);
    return Jvm.current().install(made);
  }

  public static int epollAdd(int epfd, int fd, int events) {
    return EpollCalls.ctl(epfd, 1, fd, events);
  }

  public static int epollModify(int epfd, int fd, int events) {
    return EpollCalls.ctl(epfd, 3, fd, events);
  }

  public static int epollRemove(int epfd, int fd) {
    return EpollCalls.ctl(epfd, 2, fd, 0);
  }

  public static long allocateEvents(int count) {
    return count;
  }

  /** In any order, and not always all: the rest in the next turn. */
  public static int await(int epfd, long array, int count, int timeoutMs) throws IOException {
    World world = World.current();
    List<Epoll.Ready> ready = ((Epoll) Jvm.current().file(epfd)).ready();
    Collections.shuffle(ready, world.random());
    boolean isCut = ready.size() > 1 && world.chance(0.3);
    int most = isCut ? (int) world.between(1, ready.size() - 1L) : ready.size();
    reported = ready.subList(0, Math.min(most, count));
    return reported.size();
  }

  public static int eventDescriptor(long array, int index) {
    return reported.get(index).number();
  }

  public static int events(long array, int index) {
    return reported.get(index).events();
  }

  public static void copy(long address, byte[] target, int offset, int length) {
    Memory.copy(address, target, offset, length);
  }

  public static void copyOut(byte[] source, int offset, long address, int length) {
    Memory.copyOut(source, offset, address, length);
  }

  /** Not zeros: who reads what nobody wrote is to be seen. */
  public static byte[] newBytes(int length) {
    byte[] rubbish = new byte[length];
    Arrays.fill(rubbish, (byte) 0x5A);
    return rubbish;
  }

  public static int crc32c(int register, long address, int length) {
    return Memory.crc32c(register, address, length);
  }

  public static void atShutdown(Runnable last) {
    Jvm.current().atShutdown(last);
  }
}

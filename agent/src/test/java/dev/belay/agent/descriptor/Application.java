package dev.belay.agent.descriptor;

import dev.belay.agent.session.Session;
import java.io.FileDescriptor;
import java.io.IOException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import sun.nio.ch.BelayHook;
import sun.nio.ch.BelayNative;
import sun.nio.ch.BelaySeam;

/**
 * An application with one guarded socket: makes the calls that the woven classes of the JDK make.
 * One thread reads, one writes, as the JDK's locks have it.
 */
public final class Application implements AutoCloseable {
  private static final int POLL_IN = BelayNative.EPOLLIN; // poll(2) and epoll(7) agree
  private static final int POLL_OUT = BelayNative.EPOLLOUT;
  private static final int CALL_BYTES = 128 << 10; // as the JDK does: NioSocketImpl.MAX_BUFFER_SIZE
  private static final long PATIENCE_MS = 10_000;

  private final FileDescriptor fd;
  private final int number;
  private final GuardedDescriptor guarded;
  private final LinkLog log = new LinkLog();
  private boolean closed;

  private Application(Session session, boolean blocking) throws IOException {
    this(BelayNative.socket(), session, blocking, null);
    guarded.parkUnconnected().close();
  }

  private Application(FileDescriptor fd, Session session, boolean blocking, LinkEvents events)
      throws IOException {
    this.fd = fd;
    this.number = BelaySeam.number(fd);
    BelaySeam.configureBlocking(fd, blocking);
    guarded = new GuardedDescriptor(fd, session, events == null ? log : events);
    BelaySeam.guard(number, guarded);
  }

  /** A socket without a link, of a client; the JDK has it in non-blocking mode. */
  public static Application parked() throws IOException {
    return new Application(Sessions.ofClient(), false);
  }

  /** As {@link #parked()}; the JDK has it in blocking mode. */
  public static Application parkedBlocking() throws IOException {
    return new Application(Sessions.ofClient(), true);
  }

  /** As {@link #parkedBlocking()}, with a session of the test's own. */
  public static Application parkedBlocking(Session session) throws IOException {
    return new Application(session, true);
  }

  /** With a session of the test's own. */
  public static Application parked(Session session) throws IOException {
    return new Application(session, false);
  }

  /** With a session and an owner of the test's own. */
  public static Application parked(Session session, LinkEvents events) throws IOException {
    Application application = new Application(BelayNative.socket(), session, false, events);
    application.guarded.parkUnconnected().close();
    return application;
  }

  /** As {@link #parked()}, with this descriptor number, which has to be free. */
  public static Application parkedAt(int number) throws IOException {
    FileDescriptor fd = Kernel.openAt(number);
    Application application = new Application(fd, Sessions.ofClient(), false, null);
    application.guarded.parkUnconnected().close();
    return application;
  }

  /** An accepted connection that is its own link for the time being. */
  public static Application accepted(FileDescriptor fd, Session session, LinkEvents events)
      throws IOException {
    Application application = new Application(fd, session, true, events);
    application.guarded.useOwnLink();
    return application;
  }

  /** Gives it the link and closes the agent's number of it. */
  public void install(LinkPair pair) {
    guarded.install(pair.link(), null);
    guarded.drop(pair.link());
  }

  public GuardedDescriptor guarded() {
    return guarded;
  }

  public Session session() {
    return guarded.session();
  }

  public FileDescriptor fd() {
    return fd;
  }

  public int number() {
    return number;
  }

  public LinkLog log() {
    return log;
  }

  // ---- as the woven dispatcher does ----

  /** A count, UNAVAILABLE, INTERRUPTED or EOF. The buffer has to be a direct one. */
  public int read(ByteBuffer target) throws IOException {
    while (true) {
      BelayHook hook = BelaySeam.hook(fd);
      if (hook == null) {
        return BelayNative.read(fd, target);
      }
      int answer = hook.beginRead();
      if (answer == BelayHook.GO) {
        answer = endRead(hook, target);
      }
      if (answer != BelayHook.RETRY) {
        return answer;
      }
    }
  }

  private int endRead(BelayHook hook, ByteBuffer target) throws IOException {
    long address = addressOf(target);
    int n;
    try {
      n = BelayNative.read(fd, target);
    } catch (IOException e) {
      return hook.readFailed(e);
    }
    return hook.endRead(address, n);
  }

  /** A count, UNAVAILABLE or INTERRUPTED. The buffer has to be a direct one. */
  public int write(ByteBuffer source) throws IOException {
    int done = 0;
    while (true) {
      BelayHook hook = BelaySeam.hook(fd);
      if (hook == null) {
        return BelaySeam.total(done, BelayNative.write(fd, source));
      }
      int length = source.remaining();
      int answer = hook.beginWrite();
      if (answer == BelayHook.GO) {
        answer = endWrite(hook, source);
      }
      if (answer != BelayHook.RETRY) {
        if (!hook.goesOn(done, answer, length)) {
          return BelaySeam.total(done, answer);
        }
        done += BelaySeam.count(answer);
      }
    }
  }

  private int endWrite(BelayHook hook, ByteBuffer source) throws IOException {
    long address = addressOf(source);
    int limit = source.limit();
    int n;
    try {
      source.limit(source.position() + BelaySeam.piece(source.remaining()));
      n = BelayNative.write(fd, source);
    } catch (IOException e) {
      return hook.writeFailed(e);
    } finally {
      source.limit(limit);
    }
    return hook.endWrite(address, n);
  }

  private static long addressOf(ByteBuffer buffer) {
    return JdkMemory.addressOf(buffer) + buffer.position();
  }

  // ---- as NioSocketImpl does with it ----

  /** One read of at most so many bytes; the answer is {@link #read}'s if there are none. */
  public int readNow(int count) throws IOException {
    return read(ByteBuffer.allocateDirect(count));
  }

  /** One write of all the bytes; how many were taken, or {@link #write}'s answer. */
  public int writeNow(byte[] bytes) throws IOException {
    return write(direct(bytes));
  }

  /** At least one byte, or none at the end of the stream. */
  public byte[] readSome(int limit) throws IOException {
    ByteBuffer target = ByteBuffer.allocateDirect(Math.min(limit, CALL_BYTES));
    long untilNs = deadlineNs();
    int n = read(target);
    while (n == BelayNative.UNAVAILABLE || n == BelayNative.INTERRUPTED) {
      awaitReady(POLL_IN, untilNs);
      n = read(target);
    }
    byte[] bytes = new byte[Math.max(0, n)];
    target.flip().get(bytes);
    return bytes;
  }

  /** So many bytes, or fewer at the end of the stream. */
  public byte[] readFully(int count) throws IOException {
    byte[] all = new byte[count];
    int done = 0;
    while (done < count) {
      byte[] some = readSome(count - done);
      if (some.length == 0) {
        return Arrays.copyOf(all, done);
      }
      System.arraycopy(some, 0, all, done, some.length);
      done += some.length;
    }
    return all;
  }

  /** Returns when all is written. */
  public void writeFully(byte[] bytes) throws IOException {
    ByteBuffer source = direct(bytes);
    long untilNs = deadlineNs();
    while (source.position() < bytes.length) {
      source.limit(Math.min(bytes.length, source.position() + CALL_BYTES));
      if (write(source) < 0) {
        awaitReady(POLL_OUT, untilNs);
      }
    }
  }

  private static long deadlineNs() {
    return System.nanoTime() + PATIENCE_MS * 1_000_000;
  }

  /** May come back early: woken by a signal one looks again, as the JDK does. */
  private void awaitReady(int event, long untilNs) throws IOException {
    BelaySeam.poll(fd, event, PATIENCE_MS);
    if (System.nanoTime() - untilNs > 0) {
      throw new SocketTimeoutException("not ready: event=" + event);
    }
  }

  /** Waits in poll(2); whether it became ready. */
  public boolean poll(int event, long timeoutMs) throws IOException {
    return BelaySeam.poll(fd, event, timeoutMs) != 0;
  }

  public void option(SocketOption<?> name, Object value) throws IOException {
    BelaySeam.setSocketOption(fd, name, value);
  }

  public Object option(SocketOption<?> name) throws IOException {
    return BelayNative.option(fd, name);
  }

  public void endOutput() throws IOException {
    BelaySeam.shutdown(fd, BelayNative.SHUT_WRITE);
  }

  public void endInput() throws IOException {
    BelaySeam.shutdown(fd, BelayNative.SHUT_READ);
  }

  /** What the JDK does first when a connected socket is closed. */
  public void beginClose() throws IOException {
    BelaySeam.shutdownToClose(fd, BelayNative.SHUT_WRITE);
  }

  /** As the dispatcher's close: from here on the number is somebody else's. */
  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      BelaySeam.released(fd);
      BelayNative.close(fd);
    }
  }

  /** These bytes outside the heap. */
  public static ByteBuffer direct(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }
}

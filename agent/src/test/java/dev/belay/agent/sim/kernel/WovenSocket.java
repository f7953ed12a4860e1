package dev.belay.agent.sim.kernel;

import dev.belay.agent.descriptor.GuardedDescriptor;
import java.io.FileDescriptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import sun.nio.ch.BelayHook;
import sun.nio.ch.BelaySeam;

/**
 * A socket of an application as the woven JDK works it: the loop of begin, native call and end of
 * the dispatcher, poll(2) between attempts, the order of the calls at a close. Between any two
 * calls something else may happen.
 */
public final class WovenSocket {
  /** IOStatus of a call that found nothing to do. */
  public static final int UNAVAILABLE = -2;

  public static final int EOF = -1;

  private static final int INTERRUPTED = -3;
  private static final int SHUT_WRITE = 1;

  /** What a call came to: a count or an IOStatus, or what it threw. */
  public interface Done {
    void done(int n, IOException failure) throws IOException;
  }

  private final Jvm jvm;
  private final FileDescriptor fd;

  private WovenSocket(Jvm jvm, FileDescriptor fd) {
    this.jvm = jvm;
    this.fd = fd;
  }

  public static WovenSocket open(Jvm jvm) throws IOException {
    return new WovenSocket(jvm, NativeCalls.socket());
  }

  public int number() {
    return Numbers.of(fd);
  }

  public boolean isProtected() {
    return BelaySeam.hook(fd) != null;
  }

  /** The JVM at the other end of the present link, or null when it is parked or plain. */
  public Jvm server() {
    Tcp link = jvm.socketOrNull(number());
    return !isProtected() || link == null || link.peer() == null ? null : link.peer().owner();
  }

  /** Whether the present link goes past the door, to that port. */
  public boolean isDirect(int port) {
    Tcp link = jvm.socketOrNull(number());
    return isProtected() && link != null && link.servicePort() == port;
  }

  /** Of a protected socket. */
  public int epoch() {
    return ((GuardedDescriptor) BelaySeam.hook(fd)).session().epoch();
  }

  public InetSocketAddress localAddress() throws IOException {
    return BelaySeam.localAddress(fd);
  }

  public void configureBlocking(boolean blocking) throws IOException {
    BelaySeam.configureBlocking(fd, blocking);
  }

  // ---- listening and connecting ----

  /**
   * @param isBlocking what the JDK and the kernel believe: {@link #accept} itself never waits
   */
  public void listen(int port, int backlog, boolean isBlocking) throws IOException {
    NativeCalls.bind(fd, Machine.literal("0.0.0.0"), port);
    BelaySeam.listen(fd, backlog);
    configureBlocking(isBlocking);
  }

  /** Before a connect: chooses the port; false if somebody has it. */
  public boolean bind(int port) {
    try {
      NativeCalls.bind(fd, jvm.machine().address(), port);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** An accepted socket, or null when there is none. */
  public WovenSocket accept(InetSocketAddress[] from) throws IOException {
    FileDescriptor accepted = new FileDescriptor();
    if (BelaySeam.accept(fd, accepted, from) <= 0) {
      return null;
    }
    BelaySeam.configureBlocking(accepted, true);
    return new WovenSocket(jvm, accepted);
  }

  /** Connects; done with 1 or a failure. */
  public void connect(AppThread thread, InetSocketAddress to, Done done) throws IOException {
    try {
      BelaySeam.connect(StandardProtocolFamily.INET, fd, to.getAddress(), to.getPort());
    } catch (IOException e) {
      done.done(0, e);
      return;
    }
    awaitConnected(thread, done);
  }

  private void awaitConnected(AppThread thread, Done done) {
    poll(
        thread,
        OpenFile.OUT,
        () -> {
          boolean isConnected;
          try {
            isConnected = BelaySeam.pollConnectNow(fd);
          } catch (IOException e) {
            done.done(0, e);
            return;
          }
          if (isConnected) {
            done.done(1, null);
          } else {
            awaitConnected(thread, done);
          }
        });
  }

  // ---- reading and writing ----

  /** Waits until there is something, the end, or a failure. */
  public void read(AppThread thread, ByteBuffer target, Done done) throws IOException {
    tryRead(
        thread,
        target,
        (n, failure) -> {
          if (failure == null && (n == UNAVAILABLE || n == INTERRUPTED)) {
            poll(thread, OpenFile.IN, () -> read(thread, target, done));
          } else {
            done.done(n, failure);
          }
        });
  }

  /** Waits until some is taken. */
  public void write(AppThread thread, ByteBuffer source, Done done) throws IOException {
    tryWrite(
        thread,
        source,
        (n, failure) -> {
          if (failure == null && (n == UNAVAILABLE || n == INTERRUPTED)) {
            poll(thread, OpenFile.OUT, () -> write(thread, source, done));
          } else {
            done.done(n, failure);
          }
        });
  }

  /** One call of the dispatcher's read. */
  public void tryRead(AppThread thread, ByteBuffer target, Done done) throws IOException {
    BelayHook hook = BelaySeam.hook(fd);
    if (hook == null) {
      nativeRead(thread, target, done);
      return;
    }
    int answer;
    try {
      answer = hook.beginRead();
    } catch (IOException e) {
      done.done(0, e);
      return;
    }
    if (answer != BelayHook.GO) {
      done.done(answer, null);
      return;
    }
    long address = Memory.addressOf(target);
    Done called =
        (n, failure) -> thread.then(() -> endRead(thread, hook, address, n, failure, target, done));
    thread.then(() -> nativeRead(thread, target, called));
  }

  private void endRead(
      AppThread thread,
      BelayHook hook,
      long address,
      int n,
      IOException failure,
      ByteBuffer target,
      Done done)
      throws IOException {
    int answer;
    try {
      answer = failure != null ? hook.readFailed(failure) : hook.endRead(address, n);
    } catch (IOException e) {
      done.done(0, e);
      return;
    }
    if (answer == BelayHook.RETRY) {
      thread.then(() -> tryRead(thread, target, done));
    } else {
      done.done(answer, null);
    }
  }

  private void nativeRead(AppThread thread, ByteBuffer target, Done done) throws IOException {
    nativeReadOf(jvm.socket(number()), thread, target, done);
  }

  /** A call that sleeps keeps to the file that it found. */
  private void nativeReadOf(Tcp file, AppThread thread, ByteBuffer target, Done done)
      throws IOException {
    int n;
    try {
      n = file.read(target);
    } catch (IOException e) {
      done.done(0, e);
      return;
    }
    if (n == 0 && file.isBlocking()) {
      thread.sleep(
          file,
          OpenFile.IN,
          bySignal ->
              thread.then(
                  () -> {
                    if (bySignal) {
                      done.done(INTERRUPTED, null);
                    } else {
                      nativeReadOf(file, thread, target, done);
                    }
                  }));
    } else {
      done.done(n == 0 ? UNAVAILABLE : n, null);
    }
  }

  /** One call of the dispatcher's write, which takes several where a blocking one would wait. */
  public void tryWrite(AppThread thread, ByteBuffer source, Done done) throws IOException {
    writeMore(thread, source, 0, done);
  }

  private void writeMore(AppThread thread, ByteBuffer source, int before, Done done)
      throws IOException {
    BelayHook hook = BelaySeam.hook(fd);
    if (hook == null) {
      nativeWrite(thread, source, done);
      return;
    }
    int length = source.remaining();
    int answer;
    try {
      answer = hook.beginWrite();
    } catch (IOException e) {
      done.done(0, e);
      return;
    }
    if (answer != BelayHook.GO) {
      answered(thread, hook, source, new Piece(before, answer, length), done);
      return;
    }
    long address = Memory.addressOf(source);
    Done called =
        (n, failure) ->
            thread.then(
                () -> {
                  int ended;
                  try {
                    ended = failure != null ? hook.writeFailed(failure) : hook.endWrite(address, n);
                  } catch (IOException e) {
                    done.done(0, e);
                    return;
                  }
                  if (ended == BelayHook.RETRY) {
                    thread.then(() -> writeMore(thread, source, before, done));
                  } else {
                    answered(thread, hook, source, new Piece(before, ended, length), done);
                  }
                });
    thread.then(() -> nativeWrite(thread, source, called));
  }

  /** What became of a piece of a write. */
  private record Piece(int before, int answer, int length) {}

  private void answered(AppThread thread, BelayHook hook, ByteBuffer source, Piece piece, Done done)
      throws IOException {
    boolean goesOn;
    try {
      goesOn = hook.goesOn(piece.before(), piece.answer(), piece.length());
    } catch (IOException e) {
      done.done(0, e);
      return;
    }
    int now = piece.before() + BelaySeam.count(piece.answer());
    if (!goesOn) {
      done.done(BelaySeam.total(piece.before(), piece.answer()), null);
    } else if (piece.answer() == BelaySeam.piece(piece.length())) {
      thread.then(() -> writeMore(thread, source, now, done));
    } else { // the hook has polled: here that takes time
      poll(thread, OpenFile.OUT, () -> writeMore(thread, source, now, done));
    }
  }

  private void nativeWrite(AppThread thread, ByteBuffer source, Done done) throws IOException {
    nativeWriteOf(jvm.socket(number()), thread, source, done);
  }

  private void nativeWriteOf(Tcp file, AppThread thread, ByteBuffer source, Done done)
      throws IOException {
    int n;
    try {
      n = file.write(source);
    } catch (IOException e) {
      done.done(0, e);
      return;
    }
    if (n == 0 && file.isBlocking()) {
      thread.sleep(
          file,
          OpenFile.OUT,
          bySignal ->
              thread.then(
                  () -> {
                    if (bySignal) {
                      done.done(INTERRUPTED, null);
                    } else {
                      nativeWriteOf(file, thread, source, done);
                    }
                  }));
    } else {
      done.done(n == 0 ? UNAVAILABLE : n, null);
    }
  }

  /** poll(2), without a time-out: comes back when ready, or earlier. */
  public void poll(AppThread thread, int events, AppThread.Step then) {
    BelayHook hook = BelaySeam.hook(fd);
    if (hook != null) {
      hook.enterPoll(thread.id());
    }
    thread.then(
        () ->
            thread.sleep(
                jvm.socket(number()),
                events,
                bySignal -> {
                  if (hook != null) {
                    hook.exitPoll(thread.id());
                  }
                  thread.then(then);
                }));
  }

  // ---- ends ----

  public void endOutput() throws IOException {
    BelaySeam.shutdown(fd, SHUT_WRITE);
  }

  /** What the JDK does first in a close of a connected socket: the output ends before the rest. */
  public void beginClose() throws IOException {
    BelaySeam.shutdownToClose(fd, SHUT_WRITE);
  }

  /** As the JDK closes a socket of which no call is in progress. */
  public void close() throws IOException {
    BelaySeam.released(fd);
    NativeCalls.close(fd);
  }

  /** Closes with a reset. */
  public void abort() throws IOException {
    BelaySeam.setSocketOption(fd, StandardSocketOptions.SO_LINGER, 0);
    close();
  }

  // ---- selectors ----

  public void register(Selector selector, int events, boolean isNew) {
    BelaySeam.ctl(selector.number(), isNew ? 1 : 3, number(), events);
  }

  public void deregister(Selector selector) {
    BelaySeam.ctl(selector.number(), 2, number(), 0);
  }
}

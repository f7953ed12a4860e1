package dev.belay.agent.descriptor;

import java.io.FileDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import jdk.net.ExtendedSocketOptions;
import sun.nio.ch.BelayNative;
import sun.nio.ch.BelayPolls;
import sun.nio.ch.BelaySeam;

/**
 * A TCP socket of the agent's own: one descriptor number, always in non-blocking mode unless said
 * otherwise. Its calls do not pass the seam.
 *
 * <p>Invariant: after {@link #close} no call reaches the kernel, so that a number that was given to
 * somebody else is never touched: closing and what other threads than the loop do with the number
 * (connecting, writing, dup2, options) exclude each other. Reads are the loop's alone.
 */
public final class RawSocket {
  /** Results of read and write besides a count. */
  public static final int UNAVAILABLE = BelayNative.UNAVAILABLE;

  public static final int EOF = BelayNative.EOF;

  private static final int QUIET_BACKLOG = 1;

  private final FileDescriptor fd;
  private final int number;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean closed;

  private RawSocket(FileDescriptor fd) {
    this.fd = fd;
    this.number = BelaySeam.number(fd);
  }

  /** A new, unconnected socket. */
  public static RawSocket open() throws IOException {
    RawSocket socket = new RawSocket(BelayNative.socket());
    BelayNative.configureBlocking(socket.fd, false);
    return socket;
  }

  /** Another number for what {@code fd} names; both share position, options and blocking mode. */
  public static RawSocket duplicateOf(FileDescriptor fd) throws IOException {
    RawSocket socket = new RawSocket(BelayNative.socket());
    try {
      BelayNative.duplicate(fd, socket.fd);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    return socket;
  }

  /**
   * A quiet link: never readable, never writable, until closed. It is a socket that listens on a
   * random address of the loopback network and that nobody knows: poll(2) of a listening socket
   * reports nothing but pending connections, and it is TCP, so that socket options keep working.
   */
  public static RawSocket quiet() throws IOException {
    RawSocket socket = open();
    try {
      int random = java.util.concurrent.ThreadLocalRandom.current().nextInt();
      byte[] address = {127, (byte) (random >> 16 | 0x40), (byte) (random >> 8), (byte) random};
      BelayNative.bind(socket.fd, InetAddress.getByAddress(address), 0);
      BelayNative.listen(socket.fd, QUIET_BACKLOG);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  public int number() {
    return number;
  }

  public boolean isClosed() {
    return closed;
  }

  public void bind(InetAddress address, int port) throws IOException {
    ensureOpen();
    BelayNative.bind(fd, address, port);
  }

  public void listen(int backlog) throws IOException {
    ensureOpen();
    BelayNative.listen(fd, backlog);
  }

  /** True when connected at once, false when under way: then ask {@link #isConnected}. */
  public boolean connect(InetSocketAddress remote) throws IOException {
    lock.lock();
    try {
      ensureOpen();
      return BelayNative.connect(fd, remote.getAddress(), remote.getPort());
    } finally {
      lock.unlock();
    }
  }

  /** False while the connect is under way; throws why it failed. */
  public boolean isConnected() throws IOException {
    lock.lock();
    try {
      ensureOpen();
      return BelayNative.pollConnect(fd);
    } finally {
      lock.unlock();
    }
  }

  /** An accepted connection, or null when there is none. */
  public RawSocket accept() throws IOException {
    ensureOpen();
    FileDescriptor accepted = BelayNative.accept(fd, new InetSocketAddress[1]);
    if (accepted == null) {
      return null;
    }
    RawSocket socket = new RawSocket(accepted);
    BelayNative.configureBlocking(accepted, false);
    return socket;
  }

  /** Count, {@link #UNAVAILABLE} or {@link #EOF}. */
  public int read(ByteBuffer target) throws IOException {
    ensureOpen();
    int n = BelayNative.read(fd, target);
    return n == BelayNative.INTERRUPTED ? UNAVAILABLE : n;
  }

  /** Count or {@link #UNAVAILABLE}. */
  public int write(ByteBuffer source) throws IOException {
    lock.lock();
    try {
      ensureOpen();
      int n = BelayNative.write(fd, source);
      return n == BelayNative.INTERRUPTED ? UNAVAILABLE : n;
    } finally {
      lock.unlock();
    }
  }

  /** True when the peer has ended its output, or nothing is there any longer; reads nothing. */
  public boolean hasPeerEnded() {
    lock.lock();
    try {
      return closed || BelayNative.hasPeerEnded(fd);
    } catch (IOException e) {
      return true;
    } finally {
      lock.unlock();
    }
  }

  public InetSocketAddress localAddress() throws IOException {
    ensureOpen();
    return BelayNative.localAddress(fd);
  }

  public InetSocketAddress remoteAddress() throws IOException {
    ensureOpen();
    return BelayNative.remoteAddress(fd);
  }

  public void option(SocketOption<?> name, Object value) throws IOException {
    lock.lock();
    try {
      ensureOpen();
      BelayNative.option(fd, name, value);
    } finally {
      lock.unlock();
    }
  }

  public Object option(SocketOption<?> name) throws IOException {
    lock.lock();
    try {
      ensureOpen();
      return BelayNative.option(fd, name);
    } finally {
      lock.unlock();
    }
  }

  public void configureBlocking(boolean blocking) throws IOException {
    lock.lock();
    try {
      ensureOpen();
      BelayNative.configureBlocking(fd, blocking);
    } finally {
      lock.unlock();
    }
  }

  /**
   * From now on it is reported as readable only when so many bytes are there, or the end; where the
   * kernel cannot do that, as before.
   */
  public void readableFrom(int bytes) throws IOException {
    lock.lock();
    try {
      ensureOpen();
      BelayNative.readableFrom(fd, bytes);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Gives the link what a new connection has and preface and reply have used up: its first segments
   * are acknowledged at once, so that Nagle's algorithm at the peer does not wait for a delayed
   * one.
   */
  void acknowledgeQuickly() {
    try {
      option(ExtendedSocketOptions.TCP_QUICKACK, true);
    } catch (IOException | UnsupportedOperationException e) {
      return; // slower by a delayed acknowledgement, no more
    }
  }

  /**
   * Ends the link with a reset, for all who hold it, and keeps its port from others until this
   * number is closed. Where the kernel does not do that while threads wait for the link (Linux 6.4
   * and 6.5), it ends in order.
   */
  public void disconnect() {
    lock.lock();
    try {
      if (!closed) {
        BelayNative.disconnect(fd);
      }
    } catch (IOException e) {
      shutdown(BelayNative.SHUT_BOTH);
    } finally {
      lock.unlock();
    }
  }

  /** Ends the link for all who hold it. A link that is gone already is as good. */
  public void shutdown(int how) {
    lock.lock();
    try {
      if (!closed) {
        try {
          BelayNative.shutdown(fd, how);
        } catch (IOException e) {
          // Not connected any longer: what was to be reached.
          return;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * dup2(2) of this socket onto a descriptor of the application, whose registrations with epoll go
   * with it, all under the registrations' lock. They are taken back before: as long as the former
   * link has another number, epoll would go on reporting it under this one, for good.
   */
  void duplicateOnto(FileDescriptor target, BelayPolls polls, int targetNumber) throws IOException {
    lock.lock();
    try {
      ensureOpen();
      polls.lock.lock();
      try {
        polls.withdraw(targetNumber);
        try {
          BelayNative.duplicate(fd, target);
        } finally {
          polls.renew(targetNumber);
        }
      } finally {
        polls.lock.unlock();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Gives back what may be the last number of a link. Whoever drops that would be kept by the
   * kernel for as long as the application wished to linger, and with it all that the agent has to
   * do: so it does not linger.
   */
  public void close() {
    lock.lock();
    try {
      if (!closed) {
        stopLinger();
        leave();
      }
    } finally {
      lock.unlock();
    }
  }

  private void stopLinger() {
    try {
      Object linger = BelayNative.option(fd, StandardSocketOptions.SO_LINGER);
      if (linger instanceof Integer && (Integer) linger > 0) {
        BelayNative.option(fd, StandardSocketOptions.SO_LINGER, -1);
      }
    } catch (IOException e) {
      return; // a link without options does not linger
    }
  }

  /** Gives this number back; the link lives on under its other numbers, options and all. */
  void leave() {
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        try {
          BelayNative.close(fd);
        } catch (IOException e) {
          // The number is free all the same (close(2), "Dealing with error returns").
          return;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Closes with a reset instead of an orderly end, where the peer is to notice at once. */
  public void reset() {
    lock.lock();
    try {
      if (!closed) {
        try {
          BelayNative.option(fd, StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException e) {
          // Then it is closed in order; nothing depends on the reset.
          close();
          return;
        }
        close();
      }
    } finally {
      lock.unlock();
    }
  }

  private void ensureOpen() throws IOException {
    if (closed) {
      throw new IOException("socket closed: number=" + number);
    }
  }
}

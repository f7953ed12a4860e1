package sun.nio.ch;

import java.io.FileDescriptor;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** What the woven JDK tells the agent about sockets that have no hook yet. Called on any thread. */
public interface BelayEvents {
  /** Answer of {@link #connecting}: the JDK connects by itself. */
  int PASS = Integer.MIN_VALUE;

  /** Answer of {@link #accepted}: the connection is gone, as if it had never come. */
  InetSocketAddress NOBODY = InetSocketAddress.createUnresolved("nobody", 0);

  /** A TCP socket is about to connect: {@link #PASS}, 1, or the IOStatus to answer. */
  int connecting(FileDescriptor fd, InetAddress remote, int port);

  /** A bound socket is about to listen: nobody has reached it yet. */
  void beforeListen(FileDescriptor fd);

  /** A listening socket came into being. */
  void listening(FileDescriptor fd);

  /** A socket is about to be closed; it may be a listening one. */
  void closing(FileDescriptor fd);

  /** The JVM ends; the application's shutdown hooks wait until this returns. */
  void ending();

  /** True when a doorbell may be among the connections that listeners accept. */
  boolean expectsDoorbell();

  /**
   * A connection was accepted; when it is a session's, that takes {@code accepted} over and the
   * answer is the client's true address. {@link #NOBODY} when it was to be one and is not any more:
   * it is reset, and closed. Else null.
   */
  InetSocketAddress accepted(
      FileDescriptor listener, FileDescriptor accepted, InetSocketAddress from);
}

package dev.belay.agent.sim.kernel;

import java.io.FileDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketOption;

/**
 * Stands in for the JDK's {@code Net}, {@code IOUtil} and {@code NativeThread} in the bridge: as
 * many of their methods as the simulated applications come to.
 */
public final class NetCalls {
  private static final int UNAVAILABLE = -2;

  private NetCalls() {}

  public static int connect(ProtocolFamily family, FileDescriptor fd, InetAddress remote, int port)
      throws IOException {
    return NativeCalls.connect(fd, remote, port) ? 1 : UNAVAILABLE;
  }

  public static boolean pollConnectNow(FileDescriptor fd) throws IOException {
    return NativeCalls.pollConnect(fd);
  }

  public static int accept(FileDescriptor fd, FileDescriptor newfd, InetSocketAddress[] from)
      throws IOException {
    FileDescriptor accepted = NativeCalls.accept(fd, from);
    if (accepted == null) {
      return UNAVAILABLE;
    }
    Numbers.set(newfd, Numbers.of(accepted));
    return 1;
  }

  public static void listen(FileDescriptor fd, int backlog) throws IOException {
    NativeCalls.listen(fd, backlog);
  }

  /** The product polls inside a call of the hook: comes back at once, as if interrupted. */
  public static int poll(FileDescriptor fd, int events, long timeoutMs) throws IOException {
    return Jvm.current().file(Numbers.of(fd)).readiness() & events;
  }

  /** A thread that polls as above is never asleep there. */
  public static long current() {
    return 0;
  }

  public static void shutdown(FileDescriptor fd, int how) throws IOException {
    NativeCalls.shutdown(fd, how);
  }

  public static InetSocketAddress localAddress(FileDescriptor fd) throws IOException {
    return NativeCalls.localAddress(fd);
  }

  public static void setSocketOption(FileDescriptor fd, SocketOption<?> name, Object value)
      throws IOException {
    NativeCalls.option(fd, name, value);
  }

  public static void configureBlocking(FileDescriptor fd, boolean blocking) throws IOException {
    NativeCalls.configureBlocking(fd, blocking);
  }
}

package dev.belay.agent.door;

import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.loop.EventLoop;
import java.io.FileDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes the application's own accept fire: a connection of the agent's to the listening socket,
 * recognised in the accept hook by its local port.
 *
 * <p>Invariant: a ring is noted before its connection exists, so that no accept can come first; it
 * is answered at most once. A stranger cannot be taken for it, since the kernel gives an address
 * and port of this machine to one socket only.
 */
final class Doorbell {
  /** Who is at the door: told on the accepting thread. */
  interface Visitor {
    /** The application accepted; the answer is the address that it is to see, or null. */
    InetSocketAddress accepted(FileDescriptor accepted, int port);

    /** The listener did not take the connection. Loop thread. */
    void unanswered(String cause);
  }

  private record Ring(InetAddress from, Visitor visitor) {}

  private final EventLoop loop;
  private final Map<Integer, Ring> rings = new ConcurrentHashMap<>();
  private final AtomicInteger waiting = new AtomicInteger();

  Doorbell(EventLoop loop) {
    this.loop = loop;
  }

  /** Rings; the answer is the agent's end of the doorbell. Loop thread. */
  RawSocket ring(Listeners.Listener listener, Visitor visitor) throws IOException {
    RawSocket bell = RawSocket.open();
    int port = 0;
    try {
      bell.bind(listener.address(), 0);
      InetSocketAddress local = bell.localAddress();
      port = local.getPort();
      rings.put(port, new Ring(local.getAddress(), visitor));
      waiting.incrementAndGet();
      bell.connect(new InetSocketAddress(listener.address(), listener.port()));
      loop.watch(bell, EventLoop.WRITE, events -> connected(bell, visitor));
      return bell;
    } catch (IOException e) {
      cancel(port);
      bell.close();
      throw e;
    }
  }

  private void connected(RawSocket bell, Visitor visitor) {
    try {
      if (bell.isConnected()) {
        loop.unwatch(bell);
      }
    } catch (IOException e) {
      cancel(portOf(bell));
      loop.close(bell);
      visitor.unanswered(String.valueOf(e.getMessage()));
    }
  }

  private static int portOf(RawSocket bell) {
    try {
      return bell.localAddress().getPort();
    } catch (IOException e) {
      return 0;
    }
  }

  /** Nobody waits for this ring any longer. */
  void cancel(RawSocket bell) {
    cancel(portOf(bell));
  }

  private void cancel(int port) {
    if (rings.remove(port) != null) {
      waiting.decrementAndGet();
    }
  }

  boolean isRinging() {
    return waiting.get() > 0;
  }

  /** In the accept hook: null for an ordinary connection. Any thread. */
  InetSocketAddress answer(FileDescriptor accepted, InetSocketAddress from, int listenerPort) {
    Ring ring = rings.get(from.getPort());
    if (ring == null || !ring.from().equals(from.getAddress())) {
      return null;
    }
    if (!rings.remove(from.getPort(), ring)) {
      return null;
    }
    waiting.decrementAndGet();
    return ring.visitor().accepted(accepted, listenerPort);
  }
}

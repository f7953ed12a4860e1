package dev.belay.agent.door;

import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.loop.EventLoop;
import java.io.FileDescriptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes the application's own accept fire: a connection of the agent's to the listening socket,
 * recognised in the accept hook by its local address and port.
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

  private final EventLoop loop;
  private final Map<InetSocketAddress, Visitor> rings = new ConcurrentHashMap<>();
  private final AtomicInteger waiting = new AtomicInteger();

  Doorbell(EventLoop loop) {
    this.loop = loop;
  }

  /** Rings; the answer is the agent's end of the doorbell. Loop thread. */
  RawSocket ring(Listeners.Listener listener, Visitor visitor) throws IOException {
    RawSocket bell = RawSocket.open();
    try {
      bell.bind(listener.address(), 0);
      rings.put(bell.localAddress(), visitor);
      waiting.incrementAndGet();
      bell.connect(new InetSocketAddress(listener.address(), listener.port()));
      loop.watch(bell, EventLoop.WRITE, events -> connected(bell, visitor));
      return bell;
    } catch (IOException e) {
      cancel(bell);
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
      cancel(bell);
      loop.close(bell);
      visitor.unanswered(String.valueOf(e.getMessage()));
    }
  }

  /** Nobody waits for this ring any longer. */
  void cancel(RawSocket bell) {
    try {
      if (rings.remove(bell.localAddress()) != null) {
        waiting.decrementAndGet();
      }
    } catch (IOException e) {
      return; // closed, and cancelled before that
    }
  }

  boolean isRinging() {
    return waiting.get() > 0;
  }

  /** In the accept hook: null for an ordinary connection. Any thread. */
  InetSocketAddress answer(FileDescriptor accepted, InetSocketAddress from, int listenerPort) {
    Visitor visitor = rings.remove(from);
    if (visitor == null) {
      return null;
    }
    waiting.decrementAndGet();
    return visitor.accepted(accepted, listenerPort);
  }
}

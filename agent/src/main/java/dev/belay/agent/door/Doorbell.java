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
 * and port of this machine to one socket only; and it is watched until it is answered, since the
 * kernel takes both back when the listener is closed with the ring in its backlog.
 */
final class Doorbell {
  /** Who is at the door: told on the accepting thread. */
  interface Visitor {
    /** The application accepted; the answer is the address that it is to see, or null. */
    InetSocketAddress accepted(FileDescriptor accepted, int port);

    /** The kernel has taken the connection for the application. Loop thread. */
    default void rung(RawSocket bell) throws IOException {}

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
      loop.watch(bell, EventLoop.WRITE, events -> changed(bell, visitor));
      return bell;
    } catch (IOException e) {
      cancel(bell);
      bell.close();
      throw e;
    }
  }

  private void changed(RawSocket bell, Visitor visitor) {
    try {
      if (bell.isConnected()) {
        loop.rewatch(bell, 0); // a reset is told all the same
        visitor.rung(bell);
      }
    } catch (IOException e) {
      inVain(bell, visitor, String.valueOf(e.getMessage()));
    }
  }

  private void inVain(RawSocket bell, Visitor visitor, String cause) {
    if (cancel(bell)) {
      loop.close(bell);
      visitor.unanswered(cause);
    } else {
      loop.unwatch(bell); // it was answered, and the handler is gone already
    }
  }

  /**
   * Nobody waits for this ring any longer.
   *
   * @return whether it had not been answered
   */
  boolean cancel(RawSocket bell) {
    try {
      boolean isRinging = rings.remove(bell.localAddress()) != null;
      if (isRinging) {
        waiting.decrementAndGet();
      }
      return isRinging;
    } catch (IOException e) {
      return false; // closed, and cancelled before that
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

package dev.belay.agent.door;

import dev.belay.agent.config.ServiceFilter;
import java.io.FileDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import sun.nio.ch.BelayNative;
import sun.nio.ch.BelaySeam;

/**
 * The application's listening sockets as far as they are protected: service name, port, address.
 *
 * <p>Invariant: a listener is known here only after one of its calls has passed the seam, so that a
 * doorbell rung there is recognised; one that begins to listen is announced before anybody can
 * reach it. Any thread.
 */
final class Listeners {
  /**
   * One listening socket.
   *
   * @param address where the doorbell can reach it
   * @param bound what it is bound to: one address of this machine, or any
   * @param isShared whether other processes may listen on the same port
   * @param id that no other has, even of the same port
   */
  record Listener(
      String service, int port, InetAddress address, InetAddress bound, boolean isShared, long id) {
    /** Whether who connects to its port at that address of this machine reaches it. */
    boolean isReachedAt(InetAddress local) {
      return bound.isAnyLocalAddress() || bound.equals(local);
    }
  }

  private static final int KNOWN_NUMBERS = 1 << 16;
  private static final int LOCALS_LIMIT = 1024;

  private final ServiceFilter filter;
  private final AtomicLong ids = new AtomicLong();

  /** One for each port, of those that are there. */
  private final Map<Integer, Listener> byPort = new ConcurrentHashMap<>();

  /** By descriptor number: a port may have several, of as many addresses or for a reload. */
  private final Map<Integer, Listener> byNumber = new ConcurrentHashMap<>();

  private final FileDescriptor[] known = new FileDescriptor[KNOWN_NUMBERS];

  /** By descriptor number: bound, about to listen. */
  private final Map<Integer, Announced> announced = new ConcurrentHashMap<>();

  private record Announced(String service, int port) {}

  /**
   * Of sessions: few as a rule, as each is an address of this machine and a port that it listens
   * on. An application may listen on ever new ports: beyond the limit it begins anew.
   */
  private final Map<InetSocketAddress, InetSocketAddress> locals = new ConcurrentHashMap<>();

  Listeners(ServiceFilter filter) {
    this.filter = filter;
  }

  /**
   * A bound socket is about to listen.
   *
   * @return true if it is to be protected
   */
  boolean announce(FileDescriptor fd) throws IOException {
    int number = BelaySeam.number(fd);
    if (number < 0 || number >= KNOWN_NUMBERS || known[number] == fd) {
      return false;
    }
    int port = BelayNative.localAddress(fd).getPort();
    String service = filter.nameOf(port);
    if (service == null) {
      return false;
    }
    announced.put(number, new Announced(service, port));
    return true;
  }

  /** Whether the service is about to be there. */
  boolean isAnnounced(String service) {
    for (Announced each : announced.values()) {
      if (each.service().equals(service) || service.equals(String.valueOf(each.port()))) {
        return true;
      }
    }
    return false;
  }

  /** Notes a listening socket; the answer is its listener if it is new and protected, else null. */
  Listener note(FileDescriptor fd) throws IOException {
    int number = BelaySeam.number(fd);
    if (number < 0 || number >= KNOWN_NUMBERS || known[number] == fd) {
      return null;
    }
    known[number] = fd;
    InetSocketAddress local = BelayNative.localAddress(fd);
    String service = filter.nameOf(local.getPort());
    if (service == null) {
      return null;
    }
    InetAddress address = local.getAddress();
    InetAddress reachable =
        address.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address;
    Listener listener =
        new Listener(
            service, local.getPort(), reachable, address, isShared(fd), ids.incrementAndGet());
    byNumber.put(number, listener);
    boolean isNew = byPort.put(local.getPort(), listener) == null;
    announced.remove(number); // only now: in one of the two it is always found
    return isNew ? listener : null;
  }

  private static boolean isShared(FileDescriptor fd) {
    try {
      return Boolean.TRUE.equals(BelayNative.option(fd, StandardSocketOptions.SO_REUSEPORT));
    } catch (IOException | RuntimeException e) {
      return true; // as far as is known
    }
  }

  /** That socket, or null if it is not protected. */
  Listener at(FileDescriptor fd) {
    return byNumber.get(BelaySeam.number(fd));
  }

  /** Whether that socket still listens. */
  boolean has(Listener listener) {
    return numberOf(listener) >= 0;
  }

  private int numberOf(Listener listener) {
    for (Map.Entry<Integer, Listener> each : byNumber.entrySet()) {
      if (each.getValue() == listener) {
        return each.getKey();
      }
    }
    return -1;
  }

  /**
   * Whether the kernel has no connection for it that the application has not accepted, and has told
   * of. The order matters: who takes the last one out of the kernel's queue is in accept before.
   */
  boolean isDrained(Listener listener) {
    int number = numberOf(listener);
    FileDescriptor fd = number < 0 ? null : known[number];
    try {
      return fd != null
          && !BelayNative.isReadable(fd)
          && !BelaySeam.isAccepting(number)
          && has(listener);
    } catch (IOException e) {
      return false; // it is being closed
    }
  }

  /** Whether accept waits in the kernel. */
  boolean isBlocking(Listener listener) {
    int number = numberOf(listener);
    return number >= 0 && BelaySeam.isBlocking(number);
  }

  /** The socket is closing: its port is no longer served, if it was its only listener. */
  void forget(FileDescriptor fd) {
    int number = BelaySeam.number(fd);
    if (number < 0 || number >= KNOWN_NUMBERS) {
      return;
    }
    announced.remove(number); // it could not listen after all
    if (known[number] != fd) {
      return;
    }
    known[number] = null;
    Listener gone = byNumber.remove(number);
    if (gone != null) {
      byPort.compute(gone.port(), (port, former) -> anyAt(port));
    }
  }

  private Listener anyAt(int port) {
    for (Listener listener : byNumber.values()) {
      if (listener.port() == port) {
        return listener;
      }
    }
    return null;
  }

  /** What sessions that come there believe to be their own address: one object for all of them. */
  InetSocketAddress local(InetAddress address, int port) {
    if (locals.size() >= LOCALS_LIMIT) {
      locals.clear(); // sessions keep theirs
    }
    return locals.computeIfAbsent(new InetSocketAddress(address, port), same -> same);
  }

  /** How many of these are remembered. */
  int locals() {
    return locals.size();
  }

  /** All that there are now, one for each port. */
  Iterable<Listener> all() {
    return byPort.values();
  }

  /** By name or, as clients without the name say it, by port; null when there is none. */
  Listener of(String service) {
    for (Listener listener : byPort.values()) {
      if (listener.service().equals(service) || service.equals(String.valueOf(listener.port()))) {
        return listener;
      }
    }
    return null;
  }
}

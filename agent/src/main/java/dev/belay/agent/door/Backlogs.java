package dev.belay.agent.door;

import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.loop.EventLoop;
import java.io.FileDescriptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import sun.nio.ch.BelayEvents;

/**
 * Knows when the application has accepted all that had come to a listener before a moment.
 *
 * <p>It has when the kernel has no connection for the listener, and after that no call of accept is
 * in progress whose connection we have not been told of ({@link Listeners#isDrained}). An
 * application that sleeps in accept(2) has such a call in progress all the time; there the doorbell
 * is rung, and all that were before it have been told when it is, since the kernel gives the
 * connections of a listener in the order in which they were established, and the JDK accepts one
 * after the other, under the lock of the socket or channel, and tells us under it. That accept goes
 * on waiting; it is not rung for one that does not wait, which would come back with nothing though
 * its selector has told of a connection.
 *
 * <p>Loop thread.
 */
final class Backlogs {
  /** Somebody who waits. */
  interface Waiter {
    /**
     * All that had come before has been accepted, or never will be.
     *
     * @param isOpen whether the listener is still there
     */
    void passed(boolean isOpen);
  }

  private static final long LOOK_MS = 1;

  /** Behind so many looks it is no short queue, and looked at less often. */
  private static final int MANY_LOOKS = 50;

  private static final long LATER_LOOK_MS = 50;
  private static final long RETRY_MS = 100;

  private final EventLoop loop;
  private final Doorbell doorbell;
  private final Listeners listeners;
  private final Map<Long, Backlog> backlogs = new HashMap<>();

  Backlogs(EventLoop loop, Doorbell doorbell, Listeners listeners) {
    this.loop = loop;
    this.doorbell = doorbell;
    this.listeners = listeners;
  }

  /** Calls {@code waiter} once, from the loop, later. */
  void await(Listeners.Listener listener, Waiter waiter) {
    Backlog backlog = backlogs.get(listener.id());
    if (backlog == null) {
      backlog = new Backlog(listener);
      backlogs.put(listener.id(), backlog);
      loop.execute(backlog::look); // once for all of this turn
    }
    backlog.waiting.add(waiter);
  }

  private final class Backlog implements Doorbell.Visitor {
    private final Listeners.Listener listener;

    /** Those who came before the bell was rung. */
    private List<Waiter> rung = List.of();

    private List<Waiter> waiting = new ArrayList<>();
    private RawSocket bell;
    private int looks;

    Backlog(Listeners.Listener listener) {
      this.listener = listener;
    }

    private void look() {
      if (!listeners.has(listener) || listeners.isDrained(listener)) {
        backlogs.remove(listener.id());
        waiting.forEach(this::pass);
      } else if (listeners.isBlocking(listener)) {
        rung = waiting;
        waiting = new ArrayList<>();
        ring();
      } else {
        loop.after(++looks < MANY_LOOKS ? LOOK_MS : LATER_LOOK_MS, this::look);
      }
    }

    private void pass(Waiter waiter) {
      waiter.passed(listeners.has(listener));
    }

    private void ring() {
      try {
        bell = doorbell.ring(listener, this);
      } catch (IOException e) { // no descriptor, or nobody listens any more
        unanswered(e.getMessage());
      }
    }

    /** A queue that has become full meanwhile would drop us without a word, but not a byte. */
    @Override
    public void rung(RawSocket ringing) throws IOException {
      ringing.write(ByteBuffer.allocate(1));
    }

    /** At the front of the queue: all that were before have been accepted, and told. */
    @Override
    public InetSocketAddress accepted(FileDescriptor accepted, int port) {
      loop.execute(this::answered);
      DirectOpens.reset(accepted); // in order it would keep its port for a minute
      return BelayEvents.NOBODY;
    }

    /** A listener that is still there may have been full. */
    @Override
    public void unanswered(String cause) {
      bell = null;
      if (listeners.has(listener)) {
        loop.after(RETRY_MS, this::ring);
      } else {
        answered();
      }
    }

    private void answered() {
      if (bell != null) {
        loop.close(bell);
        bell = null;
      }
      List<Waiter> passed = rung;
      rung = List.of();
      if (waiting.isEmpty()) {
        backlogs.remove(listener.id());
      } else {
        look();
      }
      passed.forEach(this::pass);
    }
  }
}

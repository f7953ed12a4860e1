package dev.belay.agent.door;

import dev.belay.agent.control.ControlLink;
import dev.belay.agent.loop.EventLoop;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Sessions whose clients hear of their durable position before the next tick. Only these are looked
 * at: there may be thousands of others, and news each millisecond.
 *
 * <p>Invariant: a session that was added is told of in a later turn of the loop. Any thread adds;
 * as many wait as there are sessions, or a few times that while the loop is late.
 */
final class DurableNews {
  private final EventLoop loop;
  private final Queue<ServerSession> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean isDue = new AtomicBoolean();

  DurableNews(EventLoop loop) {
    this.loop = loop;
  }

  void add(ServerSession session) {
    waiting.add(session);
    if (isDue.compareAndSet(false, true)) {
      loop.execute(this::tell);
    }
  }

  private void tell() {
    isDue.set(false); // before the look: who adds then says so again
    Set<ControlLink> links = new LinkedHashSet<>();
    for (ServerSession each = waiting.poll(); each != null; each = waiting.poll()) {
      ControlLink link = each.control();
      if (link != null && each.tellsPositions() && !each.isOver()) {
        each.tellDurable(link);
        links.add(link);
      }
    }
    links.forEach(ControlLink::flush);
  }
}

package dev.belay.agent.takeover;

import dev.belay.agent.wire.Frame;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Moves sessions away from servers that ask for it, some at a time: so many replays beside the work
 * that goes on are enough for a server.
 *
 * <p>Invariant: a session is moved once at a time, however often its server asks. Loop thread.
 */
final class Mover {
  private static final int LIMIT = 16;

  private final Set<ClientSession> waiting = new LinkedHashSet<>();
  private int running;
  private boolean isBeginning;

  /** A server has asked for it. */
  void move(ServerPeer from, Frame.Move asked) {
    if (asked.isForAll()) {
      from.pools().forEach(DirectPool::suspend);
    }
    for (ClientSession session : from.sessions()) {
      boolean isMeant = asked.isForAll() || asked.session().equals(session.session().id());
      if (isMeant && session.mayBeMoved()) {
        waiting.add(session);
      }
    }
    beginNext();
  }

  private void beginNext() {
    if (isBeginning) {
      return; // one that ended at once: the loop below goes on
    }
    isBeginning = true;
    while (running < LIMIT && !waiting.isEmpty()) {
      Iterator<ClientSession> first = waiting.iterator();
      ClientSession next = first.next();
      first.remove();
      if (next.mayBeMoved()) {
        running++;
        next.move(this::ended);
      }
    }
    isBeginning = false;
  }

  private void ended() {
    running--;
    beginNext();
  }
}

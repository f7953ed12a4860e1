package dev.belay.replicator.memory;

import dev.belay.replicator.log.Epoch;
import dev.belay.replicator.log.SessionId;
import dev.belay.replicator.log.SessionRecord;
import dev.belay.replicator.log.SessionUnknownException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The sessions of a {@link MemorySessionLog}: which there are, and when each gave its last sign of
 * life.
 *
 * <p>Invariant: a session is in here from its opening until it is closed or expired. Not
 * thread-safe: the log's lock is held.
 */
final class MemorySessions {

  private final Map<SessionId, MemorySession> sessions = new HashMap<>();
  private final LongSupplier ticker;

  MemorySessions(LongSupplier ticker) {
    this.ticker = ticker;
  }

  Void open(SessionRecord record) {
    MemorySession begun = new MemorySession(record, ticker.getAsLong());
    MemorySession held = sessions.putIfAbsent(record.id(), begun);
    if (held != null) {
      held.openAgain(record);
    }
    return null;
  }

  MemorySession known(SessionId id) {
    MemorySession session = sessions.get(id);
    if (session == null) {
      throw new SessionUnknownException(id);
    }
    return session;
  }

  MemorySession touched(SessionId id) {
    MemorySession session = known(id);
    session.touch(ticker.getAsLong());
    return session;
  }

  MemorySession touched(SessionId id, Epoch epoch) {
    known(id).requireSay(epoch);
    return touched(id);
  }

  Void touch(SessionId id, Epoch epoch) {
    touched(id, epoch);
    return null;
  }

  Void trim(SessionId id, Epoch epoch, long position) {
    touched(id, epoch).trim(position);
    return null;
  }

  Void close(SessionId id, Epoch epoch) {
    MemorySession session = sessions.get(id);
    if (session != null) {
      session.requireSay(epoch);
      sessions.remove(id);
    }
    return null;
  }

  int expire(long silentNs) {
    int before = sessions.size();
    long nowNs = ticker.getAsLong();
    sessions.values().removeIf(session -> nowNs - session.lifeSignNs() >= silentNs);
    return before - sessions.size();
  }
}

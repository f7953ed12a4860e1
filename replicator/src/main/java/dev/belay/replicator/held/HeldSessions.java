package dev.belay.replicator.held;

import dev.belay.replicator.log.Epoch;
import dev.belay.replicator.log.FencedException;
import dev.belay.replicator.log.SessionId;
import dev.belay.replicator.log.SessionRecord;
import dev.belay.replicator.log.SessionUnknownException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The sessions of a holder: which there are, when each gave its last sign of life, and how much
 * memory they take together. Of sessions that it does not hold it remembers how high they are
 * fenced: else an old server that wakes up could begin its session anew here.
 *
 * <p>Invariant: a session is in here from its opening until it is closed, released or expired. Not
 * thread-safe: the holder's lock is held.
 */
public final class HeldSessions<T> {

  /** What a fence costs, roughly. */
  private static final int FENCE_BYTES = 150;

  private final Map<SessionId, HeldSession<T>> sessions = new HashMap<>();

  /** Of sessions that are not held. */
  private final Map<SessionId, Fence> fences = new HashMap<>();

  private final LongSupplier ticker;
  private final LongSupplier freeBytes;
  private long heldBytes;

  /**
   * @param ticker the time in ns, from any origin
   * @param freeBytes how much more memory they may take at the moment; beyond it {@link #append}
   *     throws
   */
  public HeldSessions(LongSupplier ticker, LongSupplier freeBytes) {
    this.ticker = ticker;
    this.freeBytes = freeBytes;
  }

  /** Lower epochs have no say. */
  private record Fence(Epoch epoch, long madeNs) {}

  /** Memory that they take, roughly. */
  public long heldBytes() {
    return heldBytes + (long) FENCE_BYTES * fences.size();
  }

  /** How many are held. */
  public int size() {
    return sessions.size();
  }

  /** Begins a session; a copy of an earlier incarnation gives way whole. */
  public void open(SessionRecord record) {
    HeldSession<T> held = sessions.get(record.id());
    if (held != null && !held.isSupersededBy(record)) {
      held.openAgain(record);
      return;
    }
    requireSay(record.id(), record.epoch());
    HeldSession<T> begun = new HeldSession<>(record, ticker.getAsLong());
    drop(record.id());
    fences.remove(record.id());
    sessions.put(record.id(), begun);
    heldBytes += begun.heldBytes();
  }

  /** Of a session that is not held. */
  private void requireSay(SessionId id, Epoch epoch) {
    Fence fence = fences.get(id);
    if (fence != null && epoch.isBefore(fence.epoch)) {
      throw new FencedException(id, epoch, fence.epoch);
    }
  }

  /** Whether it is here. */
  public boolean isHeld(SessionId id) {
    return sessions.containsKey(id);
  }

  /**
   * @throws SessionUnknownException if it is not here
   */
  public HeldSession<T> known(SessionId id) {
    HeldSession<T> session = sessions.get(id);
    if (session == null) {
      throw new SessionUnknownException(id);
    }
    return session;
  }

  /** {@link #known}, with a sign of life. */
  public HeldSession<T> touched(SessionId id) {
    HeldSession<T> session = known(id);
    session.touch(ticker.getAsLong());
    return session;
  }

  private HeldSession<T> touched(SessionId id, Epoch epoch) {
    requireSay(id, epoch);
    known(id).requireSay(epoch);
    return touched(id);
  }

  /**
   * Appends what goes on at the end.
   *
   * @return the end now
   * @throws HeldLimitException if there is no room
   */
  public long append(SessionId id, Epoch epoch, List<HeldRecord<T>> records) {
    HeldSession<T> session = touched(id, epoch);
    requireRoom(records, session.record().endPosition());
    long before = session.heldBytes();
    long endPosition = session.append(records);
    heldBytes += session.heldBytes() - before;
    return endPosition;
  }

  /** What is held already needs none. */
  private void requireRoom(List<HeldRecord<T>> records, long heldTo) {
    long wanted = 0;
    for (HeldRecord<T> each : records) {
      wanted += each.endPosition() > heldTo ? HeldSession.bytesOf(each) : 0;
    }
    long free = freeBytes.getAsLong();
    if (wanted > free) {
      throw new HeldLimitException(heldBytes(), wanted, heldBytes() + free);
    }
  }

  /** A sign of life of that incarnation. */
  public void touch(SessionId id, Epoch epoch) {
    touched(id, epoch);
  }

  /** See {@link dev.belay.replicator.log.SessionLog#trim}. */
  public void trim(SessionId id, Epoch epoch, long position) {
    HeldSession<T> session = touched(id, epoch);
    long before = session.heldBytes();
    session.trim(position);
    heldBytes += session.heldBytes() - before;
  }

  /**
   * See {@link dev.belay.replicator.log.SessionLog#claim}. If the session is not held, it is fenced
   * all the same.
   */
  public SessionRecord claim(SessionId id, Epoch expected, Epoch next, String server) {
    if (!sessions.containsKey(id)) {
      requireSay(id, next);
      remember(id, next);
    }
    return touched(id).claim(expected, next, server);
  }

  /**
   * See {@link dev.belay.replicator.log.SessionLog#fence}. If the session is not held, it is fenced
   * all the same.
   */
  public SessionRecord fence(SessionId id, Epoch epoch) {
    if (!sessions.containsKey(id)) {
      remember(id, epoch);
    }
    HeldSession<T> session = known(id);
    session.fence(epoch);
    return session.record();
  }

  private void remember(SessionId id, Epoch epoch) {
    Fence before = fences.get(id);
    if (before == null || before.epoch.isBefore(epoch)) {
      fences.put(id, new Fence(epoch, ticker.getAsLong()));
    }
  }

  /** See {@link dev.belay.replicator.log.SessionLog#close}. */
  public void close(SessionId id, Epoch epoch) {
    HeldSession<T> session = sessions.get(id);
    if (session == null) {
      requireSay(id, epoch);
    } else {
      session.requireSay(epoch);
      release(id);
    }
  }

  /** Gives up what is held, but not what is known about who has a say. */
  public void release(SessionId id) {
    HeldSession<T> session = sessions.get(id);
    if (session != null && Epoch.FIRST.isBefore(session.fence())) {
      remember(id, session.fence());
    }
    drop(id);
  }

  private void drop(SessionId id) {
    HeldSession<T> dropped = sessions.remove(id);
    if (dropped != null) {
      heldBytes -= dropped.heldBytes();
    }
  }

  /** See {@link dev.belay.replicator.log.SessionLog#expire}. */
  public int expire(long silentNs) {
    int before = sessions.size();
    long nowNs = ticker.getAsLong();
    fences.values().removeIf(fence -> nowNs - fence.madeNs >= silentNs);
    Iterator<HeldSession<T>> each = sessions.values().iterator();
    while (each.hasNext()) {
      HeldSession<T> session = each.next();
      if (nowNs - session.lifeSignNs() >= silentNs) {
        each.remove();
        heldBytes -= session.heldBytes();
      }
    }
    return before - sessions.size();
  }
}

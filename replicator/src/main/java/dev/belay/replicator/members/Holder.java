package dev.belay.replicator.members;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.belay.replicator.cluster.HeldMemory;
import dev.belay.replicator.held.EpochUnclaimedException;
import dev.belay.replicator.held.HeldLimitException;
import dev.belay.replicator.held.HeldSession;
import dev.belay.replicator.held.HeldSessions;
import dev.belay.replicator.log.Epoch;
import dev.belay.replicator.log.FencedException;
import dev.belay.replicator.log.LogTruncatedException;
import dev.belay.replicator.log.SessionId;
import dev.belay.replicator.log.SessionRecord;
import dev.belay.replicator.log.SessionUnknownException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The sessions that this member holds for the others. Any thread; one lock for all of them, held
 * for as long as it takes to link a few records.
 */
public final class Holder {

  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final HeldSessions<byte[]> sessions;

  private final HeldMemory memory;
  private final Consumer<String> log;

  /** What the memory was told is taken. */
  @GuardedBy("lock")
  private long takenBytes;

  @GuardedBy("lock")
  private boolean saidFull;

  /**
   * @param ticker the time in ns, from any origin
   * @param memory for all that is held; what comes beyond is refused
   * @param log told once when that happens
   */
  public Holder(LongSupplier ticker, HeldMemory memory, Consumer<String> log) {
    this.sessions = new HeldSessions<>(ticker, memory::freeBytes);
    this.memory = memory;
    this.log = log;
  }

  /** Behind everything that may change what is held. */
  @GuardedBy("lock")
  private void settle() {
    long heldBytes = sessions.heldBytes();
    memory.changed(heldBytes - takenBytes);
    takenBytes = heldBytes;
  }

  /**
   * Answers a batch of calls.
   *
   * @throws CallFormatException if it is none; then nothing has been done
   */
  public byte[] serve(byte[] batch) {
    List<Call> calls = Call.decode(batch);
    List<Answer> answers = new ArrayList<>(calls.size());
    for (Call each : calls) {
      answers.add(answer(each));
    }
    return Answer.encode(answers);
  }

  /** Forgets the sessions without a sign of life for so long. */
  public int expire(Duration silent) {
    lock.lock();
    try {
      int expired = sessions.expire(silent.toNanos());
      settle();
      return expired;
    } finally {
      lock.unlock();
    }
  }

  /** How many sessions are held here. */
  public int size() {
    lock.lock();
    try {
      return sessions.size();
    } finally {
      lock.unlock();
    }
  }

  /** Memory that they take, roughly. */
  public long heldBytes() {
    lock.lock();
    try {
      return sessions.heldBytes();
    } finally {
      lock.unlock();
    }
  }

  /** Forgets what is held of the session if it ends there or before; true if nothing is left. */
  boolean dropUpTo(SessionId id, long endPosition) {
    lock.lock();
    try {
      boolean isCovered = sessions.known(id).record().endPosition() <= endPosition;
      if (isCovered) {
        sessions.release(id);
        settle();
      }
      return isCovered;
    } catch (SessionUnknownException e) {
      return true; // gone already
    } finally {
      lock.unlock();
    }
  }

  Answer answer(Call call) {
    lock.lock();
    try {
      Answer answer = answered(call);
      settle();
      return answer;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private Answer answered(Call call) {
    try {
      return perform(call);
    } catch (SessionUnknownException e) {
      return new Answer.Unknown();
    } catch (FencedException e) {
      return new Answer.Fenced(e.theirs(), e.ours());
    } catch (LogTruncatedException e) {
      return new Answer.Truncated(e.wantedPosition(), e.startPosition(), e.endPosition());
    } catch (HeldLimitException e) {
      sayFull(e);
      return new Answer.Full(e.getMessage());
    } catch (EpochUnclaimedException e) {
      return new Answer.Unclaimed(e.getMessage());
    } catch (IllegalArgumentException e) {
      return new Answer.Faulty(e.getMessage());
    }
  }

  @GuardedBy("lock")
  private Answer perform(Call call) {
    if (call instanceof Call.Append append) {
      return new Answer.Number(sessions.append(append.id(), append.epoch(), append.records()));
    } else if (call instanceof Call.Touch touch) {
      sessions.touch(touch.id(), touch.epoch());
      return new Answer.Done();
    } else if (call instanceof Call.Open open) {
      sessions.open(open.record());
      return new Answer.Done();
    } else if (call instanceof Call.Close close) {
      sessions.close(close.id(), close.epoch());
      return new Answer.Done();
    } else if (call instanceof Call.Trim trim) {
      sessions.trim(trim.id(), trim.epoch(), trim.position());
      return new Answer.Done();
    } else if (call instanceof Call.Read read) {
      HeldSession<byte[]> held = sessions.touched(read.id());
      return new Answer.Records(held.read(read.fromPosition(), read.limitBytes()));
    } else if (call instanceof Call.End end) {
      return new Answer.Number(sessions.known(end.id()).record().endPosition());
    } else if (call instanceof Call.Look look) {
      SessionRecord record = sessions.known(look.id()).record();
      return new Answer.Found(record, record.server());
    } else if (call instanceof Call.Claim claim) {
      return claim(claim);
    } else if (call instanceof Call.Fence fence) {
      SessionRecord record = sessions.fence(fence.id(), fence.epoch());
      return new Answer.Found(record, record.server());
    } else {
      return new Answer.Number(sessions.expire(((Call.Expire) call).silent().toNanos()));
    }
  }

  /**
   * A copy of an earlier incarnation than that claimed from has missed a claim. What it holds is
   * the client's all the same, and may be more than others have.
   */
  @GuardedBy("lock")
  private Answer claim(Call.Claim claim) {
    String before = "";
    Epoch from = claim.expected();
    if (sessions.isHeld(claim.id())) {
      SessionRecord held = sessions.known(claim.id()).record();
      before = held.server();
      from = held.epoch().isBefore(from) ? held.epoch() : from;
    }
    return new Answer.Found(sessions.claim(claim.id(), from, claim.next(), claim.server()), before);
  }

  @GuardedBy("lock")
  private void sayFull(HeldLimitException e) {
    if (!saidFull) {
      saidFull = true;
      log.accept(e.getMessage() + "; further input is not held here, this is said once");
    }
  }
}

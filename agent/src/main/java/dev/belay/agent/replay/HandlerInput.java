package dev.belay.agent.replay;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.session.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the handler is given through the doorbell: the turns of a feed that are due.
 *
 * <p>Both the loop and the handler's own thread, behind each of its writes, give what is due by
 * then. So the next turn is there when the handler comes to read it, and neither has to wake the
 * other, which takes many times as long as a turn. That one of the two finds the other at it harms
 * nothing: the handler's thread goes away and has the loop look again, and the loop waits, for no
 * longer than a write that does not block.
 *
 * <p>Invariant: what is taken from the feed goes to the doorbell in the feed's order, and none of
 * it before the session has counted the output that is its turn. Nothing is written once {@link
 * #end} has returned.
 */
final class HandlerInput {
  /** Many small turns that are due together are given in one piece. */
  private static final int PIECE_BYTES = 16 << 10;

  /** A chunk of this length is given as it is, without a copy. */
  private static final int WHOLE_BYTES = 4 << 10;

  /**
   * Writes of the handler that nothing was given for, until the loop looks: fewer than its kernel
   * sends before an acknowledgement, which comes with what it is given, or when the loop reads.
   */
  private static final int SILENT_WRITES = 8;

  private final ReentrantLock lock = new ReentrantLock();
  private final Session session;
  private final RawSocket bell;

  /** Its turns are taken under the lock; it locks by itself what else the loop asks of it. */
  private final ReplayFeed feed;

  @GuardedBy("lock")
  private final ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);

  @GuardedBy("lock")
  private ByteBuffer given = piece.duplicate().limit(0);

  @GuardedBy("lock")
  private int silentWrites;

  @GuardedBy("lock")
  private boolean isOver;

  private volatile boolean isRefused;

  HandlerInput(Session session, RawSocket bell, ReplayFeed feed) {
    this.session = session;
    this.bell = bell;
    this.feed = feed;
  }

  /** Gives all that is due. Loop thread. */
  void give() {
    lock.lock();
    try {
      giveDue();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Gives all that is due, now that the handler has written. The handler's thread.
   *
   * @return true when the loop need not look: the handler has something to read, or has had until a
   *     moment ago, and there are turns left for its next write
   */
  boolean giveBehindWrite() {
    if (!lock.tryLock()) {
      return false;
    }
    try {
      boolean hasGiven = giveDue();
      silentWrites = hasGiven ? 0 : silentWrites + 1;
      boolean isWhole = !given.hasRemaining() && feed.hasTurns();
      return isWhole && silentWrites < SILENT_WRITES && !isHandlerGone();
    } finally {
      lock.unlock();
    }
  }

  /** All that the feed has had has been written to the doorbell. */
  boolean isAllGiven() {
    return feed.fedPosition() == feed.offeredPosition() && !isHalfGiven();
  }

  /** The doorbell has not taken all it was to. */
  boolean isHalfGiven() {
    lock.lock();
    try {
      return given.hasRemaining();
    } finally {
      lock.unlock();
    }
  }

  /** The handler has closed, and its doorbell takes nothing any more. */
  boolean isRefused() {
    return isRefused;
  }

  /** The doorbell is about to be taken away. */
  void end() {
    lock.lock();
    try {
      isOver = true;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private boolean giveDue() {
    if (isOver) {
      return false;
    }
    boolean hasGiven = false;
    while (!isHandlerGone()) {
      if (!given.hasRemaining()) {
        gather();
      }
      if (!given.hasRemaining() || !write()) {
        return hasGiven;
      }
      hasGiven = true;
    }
    given.limit(given.position());
    feed.discard(); // so that the log is read to its end
    return hasGiven;
  }

  /** It has closed; that it has ended its output alone means nothing for its input. */
  private boolean isHandlerGone() {
    return isRefused || session.isLocalClosed();
  }

  @GuardedBy("lock")
  private boolean write() {
    try {
      return bell.write(given) > 0;
    } catch (IOException e) {
      isRefused = true; // the handler has closed: it wants no more
      return true;
    }
  }

  @GuardedBy("lock")
  private void gather() {
    given = piece.clear();
    byte[] chunk;
    while ((chunk = feed.nextChunk(session.sentPosition())) != null && piece.hasRemaining()) {
      if (piece.position() == 0 && chunk.length >= WHOLE_BYTES) {
        given = ByteBuffer.wrap(chunk);
        feed.consumed(chunk.length);
        return;
      }
      int length = Math.min(chunk.length, piece.remaining());
      piece.put(chunk, 0, length);
      feed.consumed(length);
    }
    piece.flip();
  }
}

package dev.belay.agent.session;

import dev.belay.agent.wire.TurnBatch;
import dev.belay.agent.wire.TurnHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sends retained bytes into a new link before the application's own writes: raw for a handler that
 * is alive, as turn records ({@link TurnBatch}) for a replay.
 *
 * <p>Invariant: sends each retained byte from the start position on exactly once, in order; is done
 * only when it has caught up with the session's sent position. Who may meet another thread at it
 * holds {@link #lock}.
 */
public final class Pump {
  /** Bytes of one record, and of one attempt. */
  private static final int PIECE_BYTES = 64 << 10;

  /** Where the bytes go: a count, or a negative number when there is no room now. */
  public interface Output {
    int write(ByteBuffer source) throws IOException;
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Session session;
  private final boolean asTurns;
  private boolean isOpen;
  private final long fromPosition;
  private long position;
  private byte[] piece;
  private ByteBuffer pending;
  private boolean ended;
  private volatile boolean finished;

  private Pump(Session session, long fromPosition, boolean asTurns) {
    this.session = session;
    this.fromPosition = fromPosition;
    this.position = fromPosition;
    this.asTurns = asTurns;
    this.ended = !asTurns;
  }

  /** Raw bytes from a position on. */
  public static Pump raw(Session session, long fromPosition) {
    return new Pump(session, fromPosition, false);
  }

  /**
   * Turn records from a position on, and so on while the application goes on writing elsewhere; the
   * mark that ends them comes after {@link #conclude}.
   */
  public static Pump following(Session session, long fromPosition) {
    Pump pump = new Pump(session, fromPosition, true);
    pump.isOpen = true;
    return pump;
  }

  /** Nothing is written elsewhere any more: what the session has now is all. */
  public void conclude() {
    isOpen = false;
  }

  /** Turn records from a position on, and the mark that ends them. */
  public static Pump turns(Session session, long fromPosition) {
    return new Pump(session, fromPosition, true);
  }

  /** Held from the look at what it has to do until it has done it, or is finished. */
  public ReentrantLock lock() {
    return lock;
  }

  public long fromPosition() {
    return fromPosition;
  }

  /** Everything below has been handed to the link, or is about to be. */
  public long position() {
    return position;
  }

  /**
   * Sends as much as the link takes.
   *
   * @return true when all has been sent that the session has
   * @throws LogTruncatedException when what is needed is no longer retained
   */
  public boolean step(Output output) throws IOException {
    while (true) {
      if (pending == null && !fill()) {
        return true;
      }
      if (pending.hasRemaining() && output.write(pending) <= 0 && pending.hasRemaining()) {
        return false;
      }
      if (!pending.hasRemaining()) {
        pending = null;
      }
    }
  }

  /** The application sends by itself from here on: nothing more may be taken from the session. */
  public void finish() {
    finished = true;
  }

  public boolean isFinished() {
    return finished;
  }

  /** True when nothing is half sent. */
  public boolean isBetweenPieces() {
    return pending == null;
  }

  private boolean fill() {
    boolean filled = asTurns ? fillTurns() : fillRaw();
    if (!filled) {
      piece = null;
    }
    return filled;
  }

  private boolean fillRaw() {
    long available = session.sentPosition() - position;
    if (available <= 0) {
      return false;
    }
    if (piece == null) {
      piece = new byte[(int) Math.min(PIECE_BYTES, available)];
    } else if (piece.length < Math.min(PIECE_BYTES, available)) {
      piece = new byte[PIECE_BYTES]; // it was cut for little, and more has come
    }
    int read = session.sentLog().read(position, piece, 0, (int) Math.min(piece.length, available));
    position += read;
    pending = ByteBuffer.wrap(piece, 0, read);
    return true;
  }

  /** As many whole records as there is room for; the last of all is the end. */
  private boolean fillTurns() {
    if (ended || (isOpen && position == session.sentPosition())) {
      return false;
    }
    if (piece == null) {
      piece = new byte[TurnBatch.HEADER_BYTES + PIECE_BYTES];
    }
    ByteBuffer batch = ByteBuffer.wrap(piece);
    batch.position(TurnBatch.HEADER_BYTES);
    while (batch.remaining() > TurnHeader.HEADER_BYTES && position < session.sentPosition()) {
      addTurn(batch);
    }
    if (!isOpen
        && position == session.sentPosition()
        && batch.remaining() >= TurnHeader.HEADER_BYTES) {
      new TurnHeader(0, session.turnOfEnd()).encode(batch);
      ended = true;
    }
    batch.flip();
    batch.putInt(0, batch.limit() - TurnBatch.HEADER_BYTES);
    pending = batch;
    return true;
  }

  private void addTurn(ByteBuffer batch) {
    long available = session.sentPosition() - position;
    long toNextTurn = session.sentLog().nextTurnAfter(position) - position;
    int room = batch.remaining() - TurnHeader.HEADER_BYTES;
    int length = (int) Math.min(Math.min(available, toNextTurn), room);
    int start = batch.position() + TurnHeader.HEADER_BYTES;
    int read = session.sentLog().read(position, piece, start, length);
    new TurnHeader(read, session.sentLog().turnOf(position)).encode(batch);
    batch.position(start + read);
    position += read;
  }
}

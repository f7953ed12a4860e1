package dev.belay.agent.session;

import dev.belay.agent.wire.TurnHeader;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Sends retained bytes into a new link before the application's own writes: raw for a handler that
 * is alive, as turn records ({@link TurnHeader}) for a replay.
 *
 * <p>Invariant: sends each retained byte from the start position on exactly once, in order; is done
 * only when it has caught up with the session's sent position. Guarded by the caller's pump lock.
 */
public final class Pump {
  /** Bytes of one record, and of one attempt. */
  private static final int PIECE_BYTES = 64 << 10;

  /** Where the bytes go: a count, or a negative number when there is no room now. */
  public interface Output {
    int write(ByteBuffer source) throws IOException;
  }

  private final Session session;
  private final boolean asTurns;
  private final long fromPosition;
  private long position;
  private byte[] piece;
  private ByteBuffer pending;
  private boolean ended;

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

  /** Turn records from a position on, and the mark that ends them. */
  public static Pump turns(Session session, long fromPosition) {
    return new Pump(session, fromPosition, true);
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

  /** True when nothing is half sent. */
  public boolean isBetweenPieces() {
    return pending == null;
  }

  private boolean fill() {
    long available = session.sentPosition() - position;
    if (available <= 0) {
      return fillEnd();
    }
    int header = asTurns ? TurnHeader.HEADER_BYTES : 0;
    if (piece == null) {
      piece = new byte[(int) Math.min(PIECE_BYTES, available) + header];
    }
    long toTurn = asTurns ? session.nextTurnAfter(position) - position : Long.MAX_VALUE;
    int length = (int) Math.min(Math.min(available, toTurn), piece.length - header);
    int read = session.read(position, piece, header, length);
    if (asTurns) {
      new TurnHeader(read, session.turnOf(position)).encode(ByteBuffer.wrap(piece, 0, header));
    }
    pending = ByteBuffer.wrap(piece, 0, header + read);
    position += read;
    return true;
  }

  private boolean fillEnd() {
    if (ended) {
      piece = null;
      return false;
    }
    ended = true;
    byte[] mark = new byte[TurnHeader.HEADER_BYTES];
    new TurnHeader(0, session.turnOfEnd()).encode(ByteBuffer.wrap(mark));
    pending = ByteBuffer.wrap(mark);
    return true;
  }
}

package dev.belay.agent.replay;

import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.wire.FrameFormatException;
import dev.belay.agent.wire.TurnHeader;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads turn records off a link into a feed, and not a byte behind their end mark: what follows is
 * the application's.
 *
 * <p>Invariant: between calls at most one record is half read. Loop thread.
 */
final class TurnReader {
  private final RawSocket link;
  private final ReplayFeed feed;
  private final ByteBuffer header = ByteBuffer.allocate(TurnHeader.HEADER_BYTES);
  private ByteBuffer body;
  private TurnHeader turn;
  private long turnOfEnd;
  private boolean isDone;

  TurnReader(RawSocket link, ReplayFeed feed) {
    this.link = link;
    this.feed = feed;
  }

  /** True when the end mark has been read. */
  boolean isDone() {
    return isDone;
  }

  /** After the end: the output that was there when the client had sent all this. */
  long turnOfEnd() {
    return turnOfEnd;
  }

  /** Reads until the link has nothing more for now, the feed wants nothing more, or the end. */
  void read() throws IOException, FrameFormatException {
    while (!isDone && feed.wantsMore()) {
      ByteBuffer into = turn == null ? header : body;
      int n = link.read(into);
      if (n == RawSocket.EOF) {
        throw new EOFException("end of stream in the log");
      }
      if (n <= 0) {
        return;
      }
      if (!into.hasRemaining()) {
        advance();
      }
    }
  }

  private void advance() throws FrameFormatException {
    if (turn != null) {
      feed.offer(turn.outPosition(), body.array());
      turn = null;
      return;
    }
    turn = TurnHeader.decode(header.flip());
    header.clear();
    if (turn.isEnd()) {
      turnOfEnd = turn.outPosition();
      isDone = true;
      feed.endOfLog();
    } else {
      body = ByteBuffer.allocate(turn.length());
    }
  }
}

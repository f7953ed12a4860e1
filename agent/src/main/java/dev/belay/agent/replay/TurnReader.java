package dev.belay.agent.replay;

import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.wire.FrameFormatException;
import dev.belay.agent.wire.TurnBatch;
import dev.belay.agent.wire.TurnHeader;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads turn records off a link into a feed, and not a byte behind their end mark: what follows is
 * the application's.
 *
 * <p>Invariant: between calls at most one batch is half read. Loop thread.
 */
final class TurnReader {
  private final RawSocket link;
  private final ReplayFeed feed;
  private final ByteBuffer header = ByteBuffer.allocate(TurnBatch.HEADER_BYTES);
  private ByteBuffer batch;
  private long readBytes;
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

  /** Bytes of the link so far. */
  long readBytes() {
    return readBytes;
  }

  /** After the end: the output that was there when the client had sent all this. */
  long turnOfEnd() {
    return turnOfEnd;
  }

  /** Reads until the link has nothing more for now, the feed wants nothing more, or the end. */
  void read() throws IOException, FrameFormatException {
    while (!isDone && feed.wantsMore()) {
      ByteBuffer into = batch == null ? header : batch;
      int n = link.read(into);
      if (n == RawSocket.EOF) {
        throw new EOFException("end of stream in the log");
      }
      if (n <= 0) {
        return;
      }
      readBytes += n;
      if (!into.hasRemaining()) {
        advance();
      }
    }
  }

  private void advance() throws FrameFormatException {
    if (batch == null) {
      batch = ByteBuffer.allocate(TurnBatch.decode(header.flip()).length());
      header.clear();
      return;
    }
    batch.flip();
    while (batch.hasRemaining()) {
      take(TurnHeader.decode(batch));
    }
    batch = null;
  }

  private void take(TurnHeader turn) throws FrameFormatException {
    if (isDone || turn.length() > batch.remaining()) {
      throw new FrameFormatException(
          "bad turn batch: length=" + turn.length() + " left=" + batch.remaining());
    }
    if (turn.isEnd()) {
      turnOfEnd = turn.outPosition();
      isDone = true;
      feed.endOfLog();
      return;
    }
    byte[] bytes = new byte[turn.length()];
    batch.get(bytes);
    feed.offer(turn.outPosition(), bytes);
  }
}

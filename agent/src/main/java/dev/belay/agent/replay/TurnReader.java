package dev.belay.agent.replay;

import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.loop.EventLoop;
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
 * <p>Invariant: not a byte is read behind the batch that has begun, and between calls at most one
 * turn is half read. Loop thread.
 */
final class TurnReader {
  private final EventLoop loop;
  private final RawSocket link;
  private final ReplayFeed feed;
  private final ByteBuffer header = ByteBuffer.allocate(TurnHeader.HEADER_BYTES);

  /** How much of the batch is still to be read; 0 between batches. */
  private int batchLeft;

  /** The turn whose bytes come, or null while its header does. */
  private TurnHeader turn;

  private byte[] bytes;
  private int filled;
  private long readBytes;
  private long turnOfEnd;
  private boolean isDone;

  TurnReader(EventLoop loop, RawSocket link, ReplayFeed feed) {
    this.loop = loop;
    this.link = link;
    this.feed = feed;
    header.limit(TurnBatch.HEADER_BYTES);
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
    ByteBuffer scratch = loop.directScratch(); // a turn is copied once, to where it stays
    while (!isDone && feed.wantsMore()) {
      int wanted = batchLeft > 0 ? batchLeft : header.remaining();
      int n = link.read(scratch.clear().limit(Math.min(wanted, scratch.capacity())));
      if (n == RawSocket.EOF) {
        throw new EOFException("end of stream in the log");
      }
      if (n <= 0) {
        return;
      }
      readBytes += n;
      scratch.flip();
      if (batchLeft > 0) {
        batchLeft -= n;
        takeRecords(scratch);
      } else {
        takeBatchHeader(scratch);
      }
    }
  }

  private void takeBatchHeader(ByteBuffer scratch) throws FrameFormatException {
    header.put(scratch);
    if (!header.hasRemaining()) {
      batchLeft = TurnBatch.decode(header.flip()).length();
      header.clear();
    }
  }

  private void takeRecords(ByteBuffer scratch) throws FrameFormatException {
    while (scratch.hasRemaining()) {
      if (turn == null) {
        takeHeader(scratch);
      } else {
        takeBytes(scratch);
      }
    }
    if (batchLeft == 0) {
      endBatch();
    }
  }

  private void endBatch() throws FrameFormatException {
    if (turn != null || header.position() > 0) {
      throw malformed(turn == null ? 0 : turn.length(), 0);
    }
    header.limit(TurnBatch.HEADER_BYTES);
  }

  private void takeHeader(ByteBuffer scratch) throws FrameFormatException {
    while (header.hasRemaining() && scratch.hasRemaining()) {
      header.put(scratch.get());
    }
    if (header.hasRemaining()) {
      return;
    }
    TurnHeader next = TurnHeader.decode(header.flip());
    header.clear();
    int left = batchLeft + scratch.remaining();
    if (next.length() > left || (next.isEnd() && left > 0)) {
      throw malformed(next.length(), left);
    }
    if (next.isEnd()) {
      turnOfEnd = next.outPosition();
      isDone = true;
      feed.endOfLog();
    } else {
      turn = next;
      bytes = new byte[next.length()];
      filled = 0;
    }
  }

  private void takeBytes(ByteBuffer scratch) {
    int length = Math.min(bytes.length - filled, scratch.remaining());
    scratch.get(bytes, filled, length);
    filled += length;
    if (filled == bytes.length) {
      feed.offer(turn.outPosition(), bytes);
      turn = null;
      bytes = null;
    }
  }

  private static FrameFormatException malformed(int length, int left) {
    return new FrameFormatException("bad turn batch: length=" + length + " left=" + left);
  }
}

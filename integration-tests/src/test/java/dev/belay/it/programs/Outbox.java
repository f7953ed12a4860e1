package dev.belay.it.programs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.ArrayDeque;
import java.util.Deque;

/** Bytes that wait until a non-blocking channel takes them. Confined to one thread at a time. */
final class Outbox {
  private static final long FULL_BYTES = 1 << 20;
  private static final int MAX_BUFFERS_PER_WRITE = 16;

  private final Deque<ByteBuffer> buffers = new ArrayDeque<>();
  private long pendingBytes;

  void add(byte[] bytes) {
    if (bytes.length > 0) {
      buffers.add(ByteBuffer.wrap(bytes));
      pendingBytes += bytes.length;
    }
  }

  boolean isEmpty() {
    return pendingBytes == 0;
  }

  /** Whether the owner should stop reading: the peer does not take what it is sent. */
  boolean isFull() {
    return pendingBytes > FULL_BYTES;
  }

  /** Writes what the channel takes now, by gathering writes. */
  void writeTo(GatheringByteChannel channel) throws IOException {
    while (!buffers.isEmpty()) {
      long written = channel.write(next());
      pendingBytes -= written;
      dropWritten();
      if (written == 0) {
        return;
      }
    }
  }

  /** The buffers for the next gathering write. */
  ByteBuffer[] next() {
    return buffers.stream().limit(MAX_BUFFERS_PER_WRITE).toArray(ByteBuffer[]::new);
  }

  private void dropWritten() {
    while (!buffers.isEmpty() && !buffers.peek().hasRemaining()) {
      buffers.remove();
    }
  }
}

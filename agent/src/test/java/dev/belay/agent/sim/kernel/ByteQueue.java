package dev.belay.agent.sim.kernel;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/** Bytes in order, as they came. */
final class ByteQueue {
  private final ArrayDeque<byte[]> pieces = new ArrayDeque<>();
  private int offset;
  private int size;

  int size() {
    return size;
  }

  void add(byte[] piece) {
    if (piece.length > 0) {
      pieces.add(piece);
      size += piece.length;
    }
  }

  /** At most {@code limit} bytes; the answer is how many. */
  int take(ByteBuffer target, int limit) {
    int left = Math.min(limit, Math.min(size, target.remaining()));
    int taken = left;
    while (left > 0) {
      byte[] first = pieces.peek();
      int n = Math.min(left, first.length - offset);
      target.put(first, offset, n);
      offset += n;
      left -= n;
      if (offset == first.length) {
        pieces.poll();
        offset = 0;
      }
    }
    size -= taken;
    return taken;
  }
}

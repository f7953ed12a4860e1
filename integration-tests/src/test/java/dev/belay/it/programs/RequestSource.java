package dev.belay.it.programs;

import java.nio.ByteBuffer;

/** The requests of one connection: a function of its tag and the load. Confined to one thread. */
final class RequestSource {
  private final long tag;
  private final int maxReplyBytes;
  private final int maxRequestBytes;
  private long count;

  RequestSource(long tag, int maxReplyBytes, int maxRequestBytes) {
    this.tag = tag;
    this.maxReplyBytes = maxReplyBytes;
    this.maxRequestBytes = maxRequestBytes;
  }

  /** The next request's payload. */
  byte[] next() {
    long seed = Ledger.mix(tag + count);
    count++;
    int body = (int) Long.remainderUnsigned(seed, maxRequestBytes + 1L);
    ByteBuffer request = ByteBuffer.allocate(Ledger.REQUEST_HEAD_BYTES + body);
    request.putLong(tag).putInt(maxReplyBytes);
    Ledger.fill(request, seed);
    return request.array();
  }
}

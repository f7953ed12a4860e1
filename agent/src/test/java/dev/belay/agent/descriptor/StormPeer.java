package dev.belay.agent.descriptor;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The peer of one link in a storm: sends the input from where the application is, reads and checks
 * the output from where the former peer was, until the link is gone or a quota is used up.
 */
final class StormPeer {
  private static final int CHUNK_BYTES = 20_000;
  private static final int QUOTA_BYTES = 60_000;

  private final LinkPair pair;
  private final Stream in;
  private final Stream out;
  private final long inEnd;
  private final long inQuota;
  private final long outQuota;
  private final Background<?> sender;
  private final Background<?> receiver;
  private final AtomicLong outPosition;

  StormPeer(LinkPair pair, Storm storm, long inPosition, long outPosition, Random random) {
    long quotaBytes = random.nextInt(8) == 0 ? storm.inEnd() : random.nextInt(QUOTA_BYTES);
    long seed = random.nextLong();
    this.pair = pair;
    this.in = storm.in();
    this.out = storm.out();
    this.inEnd = storm.inEnd();
    this.outPosition = new AtomicLong(outPosition);
    this.inQuota = Math.min(inEnd, inPosition + quotaBytes);
    this.outQuota = outPosition + quotaBytes;
    this.sender = Background.start("peer sender", () -> send(inPosition, new Random(seed)));
    this.receiver = Background.start("peer receiver", this::receive);
  }

  private Void send(long from, Random random) {
    try {
      OutputStream stream = pair.peer().getOutputStream();
      for (long position = from; position < inQuota; ) {
        long next = Math.min(inQuota, position + 1 + random.nextInt(CHUNK_BYTES));
        stream.write(in.between(position, next));
        position = next;
      }
      endOutputAt(inQuota);
    } catch (IOException e) {
      return null; // the link is gone, which is what storms are for
    }
    return null;
  }

  private void endOutputAt(long position) throws IOException {
    if (position == inEnd) {
      pair.peer().shutdownOutput();
    }
  }

  private Void receive() {
    byte[] buffer = new byte[CHUNK_BYTES];
    try {
      InputStream stream = pair.peer().getInputStream();
      int n = stream.read(buffer);
      while (n > 0) {
        out.check(outPosition.get(), buffer, n);
        n = outPosition.addAndGet(n) <= outQuota ? stream.read(buffer) : 0;
      }
    } catch (IOException e) {
      return null;
    }
    return null;
  }

  /** The peer dies: by a reset, or as a process whose kernel closes its sockets. */
  void die(boolean withReset) throws IOException {
    pair.peer().setSoLinger(withReset, 0);
    pair.peer().close();
  }

  /** How far the output came, exactly, when the link is gone. */
  long lastOutPosition() throws Exception {
    pair.peer().close();
    sender.result();
    receiver.result();
    return outPosition.get();
  }

  /** Nothing more comes or is taken here. */
  boolean isIdle() {
    return sender.isDone() && receiver.isDone();
  }

  /** The application ended its output and this peer has read to the end. */
  boolean isComplete(long outEnd) {
    return receiver.isDone() && outPosition.get() == outEnd;
  }
}

package dev.belay.agent.descriptor;

import dev.belay.agent.session.Pump;
import dev.belay.agent.session.Session;
import java.util.Random;

/**
 * An application that reads and writes all the time while its links are taken away, fail, and end
 * at random. The thread of the test is the loop.
 */
final class Storm {
  private static final int BYTES = 600_000;
  private static final int CHUNK_BYTES = 30_000;
  private static final long LULL_NS = 4_000_000;

  private final Random random;
  private final boolean blocking;
  private final Stream in;
  private final Stream out;
  private Application application;
  private Background<Long> reader;
  private Background<?> writer;
  private Pump pump;
  private int links;

  Storm(long seed, boolean blocking) {
    this.random = new Random(seed);
    this.blocking = blocking;
    this.in = new Stream(seed);
    this.out = new Stream(~seed);
  }

  Stream in() {
    return in;
  }

  Stream out() {
    return out;
  }

  long inEnd() {
    return BYTES;
  }

  int links() {
    return links;
  }

  /** Runs until both streams have come through; the answer is how much the application read. */
  long run() throws Exception {
    try (Application guarded = blocking ? Application.parkedBlocking() : Application.parked()) {
      application = guarded;
      guarded.session().remoteEnded(BYTES, false);
      long seed = random.nextLong();
      reader = Background.start("reader", this::read);
      writer = Background.start("writer", () -> write(new Random(seed)));
      long outPosition = 0;
      boolean isComplete = false;
      while (!isComplete) {
        try (LinkPair pair = random.nextInt(4) == 0 ? LinkPair.open() : LinkPair.narrow()) {
          StormPeer peer = link(pair, outPosition);
          isComplete = blow(peer);
          outPosition = peer.lastOutPosition();
        }
      }
      writer.result();
      return reader.result();
    }
  }

  private void pump() {
    if (pump != null) {
      application.guarded().pump(pump);
    }
  }

  private StormPeer link(LinkPair pair, long outPosition) {
    links++;
    Session session = application.session();
    GuardedDescriptor guarded = application.guarded();
    pump = outPosition == session.sentPosition() ? null : Pump.raw(session, outPosition);
    long inPosition = session.receivedPosition();
    guarded.install(pair.link(), pump);
    return new StormPeer(pair, this, inPosition, outPosition, random);
  }

  /** Lets some bytes through, then takes the link away; true when there was no more to come. */
  private boolean blow(StormPeer peer) throws Exception {
    GuardedDescriptor guarded = application.guarded();
    long sinceNs = System.nanoTime();
    boolean isComplete = false;
    while (!isComplete && isGoingOn(peer, sinceNs)) {
      pump();
      isComplete = isComplete(peer);
      Thread.onSpinWait();
    }
    if (!isComplete) {
      strike(peer);
    }
    guarded.loseSuspended();
    guarded.park();
    Soon.until("still", guarded::isStill);
    return isComplete;
  }

  private boolean isGoingOn(StormPeer peer, long sinceNs) {
    boolean isCalm = System.nanoTime() - sinceNs < LULL_NS;
    return isCalm && !peer.isIdle() && !application.log().hasLoss();
  }

  /** By the loop, by a reset, or by an end; in half the cases the application notices first. */
  private void strike(StormPeer peer) throws Exception {
    int kind = random.nextInt(3);
    if (kind > 0) {
      peer.die(kind == 1);
      long sinceNs = System.nanoTime() - (random.nextBoolean() ? 0 : LULL_NS);
      while (System.nanoTime() - sinceNs < LULL_NS && !application.log().hasLoss()) {
        Thread.onSpinWait();
      }
    }
    application.log().entries().clear();
  }

  private boolean isComplete(StormPeer peer) {
    return reader.isDone() && writer.isDone() && peer.isComplete(BYTES);
  }

  private long read() throws Exception {
    long position = 0;
    byte[] some = application.readSome(CHUNK_BYTES);
    while (some.length > 0) {
      in.check(position, some, some.length);
      position += some.length;
      some = application.readSome(CHUNK_BYTES);
    }
    return position;
  }

  private Void write(Random sizes) throws Exception {
    for (long position = 0; position < BYTES; ) {
      long next = Math.min(BYTES, position + 1 + sizes.nextInt(CHUNK_BYTES));
      application.writeFully(out.between(position, next));
      position = next;
    }
    application.endOutput();
    return null;
  }
}

package dev.belay.it.programs;

import java.net.SocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * The client's side of one Ledger connection, free of sockets: makes the requests, knows every byte
 * of the replies, and checks it.
 *
 * <p>One thread at a time sends and one receives; {@code window}, {@code replies} and {@code
 * outcome} are what they share.
 */
final class Conversation {
  private static final int FAILURE_CHECK_SECONDS = 1;

  private final Load load;
  private final Progress progress;
  private final String name;
  private final Semaphore window;
  private final CountDownLatch over = new CountDownLatch(1);
  private final AtomicReference<String> outcome = new AtomicReference<>();
  private final RequestSource requests;
  private final StreamDigest sent = new StreamDigest();
  private final AtomicLong sentRequests = new AtomicLong();

  private final RequestSource mirror;
  private final Ledger ledger = new Ledger();
  private final StreamDigest received = new StreamDigest();
  private final AtomicLong replies = new AtomicLong();
  private byte[] expected = new byte[0];
  private int expectedTaken;
  private long lastReceivedNs;
  private long longestStallNs;
  private volatile String addresses = "none";

  Conversation(int index, Load load, Progress progress) {
    this.load = load;
    this.progress = progress;
    long tag = load.tag(index);
    name = index + " tag=" + Long.toHexString(tag);
    window = new Semaphore(load.window());
    requests = new RequestSource(tag, load.maxReplyBytes(), load.maxRequestBytes());
    mirror = new RequestSource(tag, load.maxReplyBytes(), load.maxRequestBytes());
  }

  Load load() {
    return load;
  }

  /** Both addresses as the program sees them; they must stay what they were. */
  void addresses(SocketAddress local, SocketAddress remote) {
    String now = "local=" + local + " remote=" + remote;
    if (!addresses.equals("none") && !addresses.equals(now)) {
      throw new IllegalStateException("addresses changed: " + addresses + " to " + now);
    }
    addresses = now;
  }

  /** Whether there is nothing more to send, now and later. */
  boolean isAllSent() {
    return sentRequests.get() >= load.requests() && progress.mayFinish();
  }

  /** Whether the window is not full. */
  boolean hasRoom() {
    return window.availablePermits() > 0;
  }

  /** The next request's frame after the load's pause, or null at once while the window is full. */
  byte[] pollRequest() {
    return window.tryAcquire() ? nextRequest() : null;
  }

  /** As above, but waits for the window, and to be told to begin; null at the end. */
  byte[] awaitRequest() throws InterruptedException {
    progress.awaitBegin();
    while (!window.tryAcquire(FAILURE_CHECK_SECONDS, TimeUnit.SECONDS)) {
      if (isOver()) {
        return null;
      }
    }
    return isAllSent() ? null : nextRequest();
  }

  /** Takes bytes that came from the server; throws at the first wrong one. */
  void received(byte[] bytes, int offset, int count) {
    noteStall(System.nanoTime());
    for (int i = 0; i < count; i++) {
      byte right = nextExpected();
      if (bytes[offset + i] != right) {
        throw new IllegalStateException("wrong byte at position " + (received.length() + i));
      }
    }
    received.add(bytes, offset, count);
    releaseWholeReply();
  }

  /** The server's stream has ended; throws when it ended too early. */
  void inputEnded() {
    if (!isAllSent() || replies.get() != sentRequests.get()) {
      throw new IllegalStateException("end of stream after " + replies + " of " + sentRequests);
    }
    end("OK");
  }

  void failed(Throwable cause) {
    end("FAILED " + cause);
  }

  boolean isOver() {
    return over.getCount() == 0;
  }

  boolean awaitOver(long deadlineNs) throws InterruptedException {
    return over.await(deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  boolean isOk() {
    return "OK".equals(outcome.get());
  }

  long replies() {
    return replies.get();
  }

  long longestStallMs() {
    return TimeUnit.NANOSECONDS.toMillis(longestStallNs);
  }

  /** One line for the rig. */
  String report() {
    String counts = " requests=" + sentRequests + " replies=" + replies;
    String streams = " sent=" + sent + " received=" + received;
    String end = " stallMs=" + longestStallMs() + " outcome=" + outcome.get();
    return "CONN " + name + " " + addresses + counts + streams + end;
  }

  private byte[] nextRequest() {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(load.pauseMs()));
    byte[] frame = Frames.frame(requests.next());
    sent.add(frame, 0, frame.length);
    sentRequests.incrementAndGet();
    return frame;
  }

  private byte nextExpected() {
    if (expectedTaken == expected.length) {
      releaseWholeReply();
      expected = ledger.replyTo(mirror.next());
      expectedTaken = 0;
    }
    return expected[expectedTaken++];
  }

  private void releaseWholeReply() {
    if (expected.length > 0 && expectedTaken == expected.length) {
      expected = new byte[0];
      expectedTaken = 0;
      replies.incrementAndGet();
      progress.replied();
      window.release();
    }
  }

  private void noteStall(long nowNs) {
    if (lastReceivedNs != 0) {
      longestStallNs = Math.max(longestStallNs, nowNs - lastReceivedNs);
    }
    lastReceivedNs = nowNs;
  }

  private void end(String result) {
    if (outcome.compareAndSet(null, result)) {
      over.countDown();
    }
  }
}

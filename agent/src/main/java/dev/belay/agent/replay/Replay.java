package dev.belay.agent.replay;

import dev.belay.agent.descriptor.GuardedDescriptor;
import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.session.LogTruncatedException;
import dev.belay.agent.session.Pump;
import dev.belay.agent.session.Session;
import dev.belay.agent.wire.FrameFormatException;
import dev.belay.agent.wire.Refusal;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One takeover in progress on the backup. The handler sits on the doorbell; this is its other end.
 *
 * <pre>
 * client's link -- turn records --> feed -- chunks --> doorbell --> handler
 * handler --> session's ring -- compared up to R, then forwarded --> client's link
 * handler --> doorbell --> dropped (the ring has it)
 * </pre>
 *
 * When the handler has read all that was logged and its output is verified up to R, what the client
 * has, the doorbell is taken away and the client's link put under the descriptor.
 *
 * <p>A replay may be begun while the client goes on with another server ({@link #prepare}): then
 * the log goes on as the client writes, R rises as it reads, and nothing is forwarded before {@link
 * #switchTo} says that both have come to an end.
 *
 * <p>Invariant: not a byte of output goes to the client before all up to R was compared; none is
 * lost at the switch, since the link is forwarded from the ring, and none of the input, since the
 * switch waits until the handler has read all that was fed. Loop thread.
 */
public final class Replay {
  /** Input that is read ahead of the handler. */
  private static final long QUEUE_BYTES = 1 << 20;

  /** Output that may lie in the ring unsent before the handler is made to wait. */
  private static final long BACKLOG_BYTES = 4 << 20;

  private static final int PIECE_BYTES = 64 << 10;

  /** What may lie on the doorbell before the loop is woken to read it. */
  private static final int DRAIN_BYTES = 16 << 10;

  /** How often it is looked whether the handler has read what it was given. */
  private static final long LOOK_MS = 1;

  /** How seldom at last, when the handler does not read. */
  private static final long LOOK_LIMIT_MS = 50;

  private static final long PROGRESS_MS = 100;

  /** What the client's RESUME said of itself. */
  public record Client(
      long receivedPosition, int receivedChecksum, boolean inputEnded, boolean closed) {}

  /** Told on the loop's thread; one of replayed and failed, once. */
  public interface Owner {
    /** The descriptor is parked (or closed); {@code rest} is what the link gets first. */
    void replayed(Pump rest);

    /** The output differs; true when the session is to go on all the same. */
    boolean mayContinue(DivergenceException divergence);

    /** The handler cannot continue the session. */
    void failed(Refusal reason, String cause);
  }

  private final EventLoop loop;
  private final Session session;
  private final GuardedDescriptor descriptor;
  private final RawSocket link;
  private final RawSocket bell;
  private final Owner owner;
  private final long patienceMs;
  private final ReplayFeed feed;
  private final HandlerInput input;
  private final LoggedTurns logged;
  private final TurnReader turns;
  private final byte[] piece = new byte[PIECE_BYTES];
  private final AtomicBoolean isStepDue = new AtomicBoolean();
  private Client client;

  /** While less than this is produced nothing waits for the loop but what has not been fed. */
  private volatile long quietUntil;

  /** Whether the log was to be read on when the loop looked last. */
  private volatile boolean wantedMore;

  private Pump forward;
  private boolean isPrepared;

  /** Of a client that goes on elsewhere: where it is to be compared after this. */
  private Client next;

  private int bellEvents = EventLoop.READ;
  private int linkEvents = EventLoop.READ;
  private boolean isLooking;
  private long lookMs = LOOK_MS;
  private long comparedPosition;
  private long progress;
  private long progressReadBytes;
  private long progressNs = System.nanoTime();
  private long arrivedBytes;
  private long arrivedNs = System.nanoTime();
  private boolean inputEndTold;
  private boolean bellEnded;
  private boolean isDone;
  private boolean isCancelled;

  /**
   * @param logged what comes before that which the client sends
   * @param patienceMs how long a handler may make no progress
   */
  public Replay(
      EventLoop loop,
      GuardedDescriptor descriptor,
      RawSocket link,
      RawSocket bell,
      Client client,
      LoggedTurns logged,
      long patienceMs,
      Owner owner) {
    this.loop = loop;
    this.descriptor = descriptor;
    this.session = descriptor.session();
    this.link = link;
    this.bell = bell;
    this.client = client;
    this.quietUntil = client.receivedPosition();
    this.patienceMs = patienceMs;
    this.owner = owner;
    this.feed = new ReplayFeed(client.receivedPosition(), client.receivedChecksum(), QUEUE_BYTES);
    this.input = new HandlerInput(session, bell, feed);
    this.logged = logged;
    this.turns = new TurnReader(loop, link, feed);
    this.forward = Pump.raw(session, client.receivedPosition());
  }

  /** Before the start: the client goes on with another server until {@link #switchTo}. */
  public void prepare() {
    isPrepared = true;
  }

  /** True while the client goes on with another server. */
  public boolean isPrepared() {
    return isPrepared;
  }

  /** What the client has, as far as is known. */
  public Client client() {
    return client;
  }

  public void start() throws IOException {
    // The handler's Nagle may hold its output back; the ring has it at once.
    bell.option(StandardSocketOptions.TCP_NODELAY, true);
    bell.readableFrom(DRAIN_BYTES);
    session.onSent(this::produced);
    loop.watch(link, EventLoop.READ, this::linkReady);
    loop.watch(bell, EventLoop.READ, events -> stepSoon());
    step();
    loop.after(PROGRESS_MS, this::watchProgress);
  }

  /** The client has received more from the server that it still has. */
  public void clientReceived(long position, int checksum) {
    if (isPrepared && !isDone && position > client.receivedPosition()) {
      next = new Client(position, checksum, false, false);
      step();
    }
  }

  /** One position after the other: one that ran ahead of the handler would never be reached. */
  private void raiseWhenReached() {
    Client due = next;
    if (due != null && isPrepared && feed.isVerified()) {
      next = null;
      raise(due);
    }
  }

  /** The client has left the server that it had: from here on this is as any other takeover. */
  public void switchTo(Client last) {
    if (!isPrepared || isDone) {
      return;
    }
    raise(last);
    isPrepared = false;
    forward = Pump.raw(session, last.receivedPosition());
    progressNs = System.nanoTime();
    step();
  }

  private void raise(Client now) {
    client = now;
    quietUntil = now.receivedPosition();
    try {
      feed.suppressUntil(now.receivedPosition(), now.receivedChecksum());
    } catch (DivergenceException e) {
      diverged(e);
    } catch (IllegalArgumentException e) {
      fail(Refusal.UNSPECIFIED, e.getMessage());
    }
  }

  private void diverged(DivergenceException divergence) {
    if (owner.mayContinue(divergence)) {
      feed.acceptDivergence();
    } else {
      fail(Refusal.DIVERGED, divergence.getMessage());
    }
  }

  private void linkReady(int events) {
    if (EventLoop.isBroken(events)) {
      fail(Refusal.UNSPECIFIED, "the client's link is lost");
    } else {
      step();
    }
  }

  /**
   * The handler has written. It is the loop's business only when the client is waiting for it, or
   * the handler's own thread cannot give it all that is due. What is suppressed may be compared
   * later: the doorbell tells when much has come. The handler's thread.
   */
  private void produced() {
    boolean isQuiet = session.sentPosition() < quietUntil && input.giveBehindWrite();
    if (!isQuiet || feed.wantsMore() != wantedMore) {
      stepSoon();
    }
  }

  /** One step for all that happens in one turn of the loop. Any thread. */
  private void stepSoon() {
    if (isStepDue.compareAndSet(false, true)) {
      loop.execute(
          () -> {
            isStepDue.set(false);
            step();
          });
    }
  }

  /** Ends it from outside. */
  public void cancel() {
    isCancelled = true;
    finish();
  }

  /** While it is prepared: the output below is what the client has. */
  public long comparedPosition() {
    return comparedPosition;
  }

  public long replayedBytes() {
    return feed.offeredPosition();
  }

  /** Now and then, in case that nothing happens at all. */
  private void watchProgress() {
    if (!isDone) {
      step();
      loop.after(PROGRESS_MS, this::watchProgress);
    }
  }

  /** That the handler has read what it was given is not told by any socket: look. */
  private void lookSoon() {
    if (!isLooking && feed.isFed() && feed.isVerified()) {
      isLooking = true;
      loop.after(
          lookMs,
          () -> {
            isLooking = false;
            lookMs = Math.min(2 * lookMs, LOOK_LIMIT_MS);
            step();
          });
    }
  }

  private void step() {
    if (isDone) {
      return;
    }
    try {
      readLog();
      noteArrival();
      verify();
      raiseWhenReached();
      verify();
      drainBell();
      feedHandler();
      endInput();
      forwardOutput();
      checkProgress();
      if (isSwitchDue()) {
        switchLinks();
      } else {
        watch();
        lookSoon();
      }
    } catch (DivergenceException e) {
      fail(Refusal.DIVERGED, e.getMessage());
    } catch (LogTruncatedException e) {
      fail(Refusal.LOG_TRUNCATED, e.getMessage());
    } catch (IOException | FrameFormatException e) {
      fail(Refusal.UNSPECIFIED, String.valueOf(e.getMessage()));
    }
  }

  private void readLog() throws IOException, FrameFormatException {
    if (logged.isDone()) {
      turns.read();
    } else {
      logged.read(feed, this::stepSoon);
    }
  }

  private void noteArrival() {
    if (turns.readBytes() != arrivedBytes || !feed.wantsMore() || !logged.isDone()) {
      arrivedBytes = turns.readBytes();
      arrivedNs = System.nanoTime();
    }
  }

  /** The log has not ended, and nothing of it has come for so long though it would be read. */
  public boolean isStarved(long forMs) {
    return logged.isDone() && !turns.isDone() && System.nanoTime() - arrivedNs > forMs * 1_000_000;
  }

  /** Compares what the handler has produced by now, out of the ring. */
  private void verify() throws DivergenceException {
    while (!isDone && feed.producedPosition() < comparablePosition()) {
      long position = feed.producedPosition();
      long available = comparablePosition() - position;
      if (position >= client.receivedPosition()) {
        feed.output(piece, 0, (int) Math.min(available, piece.length)); // only counted
      } else {
        int n = session.sentLog().read(position, piece, 0, (int) Math.min(available, piece.length));
        if (n == 0) {
          throw new LogTruncatedException(position, session.sentLog().retainedFrom(), position);
        }
        compare(n);
        session.sentLog().releaseSent(Math.min(feed.producedPosition(), client.receivedPosition()));
      }
    }
    if (feed.isVerified()) {
      comparedPosition = feed.producedPosition();
    }
    if (session.finalSent() >= 0 && feed.producedPosition() >= session.finalSent()) {
      feed.outputEnded(session.finalSent());
    }
  }

  /** As long as the client goes on receiving, what is beyond has to be compared later. */
  private long comparablePosition() {
    long produced = session.sentPosition();
    return isPrepared ? Math.min(produced, client.receivedPosition()) : produced;
  }

  private void compare(int length) throws DivergenceException {
    try {
      feed.output(piece, 0, length);
    } catch (DivergenceException e) {
      if (!owner.mayContinue(e)) {
        throw e;
      }
      feed.acceptDivergence();
    }
  }

  /** The handler's output on the doorbell is in the ring already; reading it makes room. */
  private void drainBell() {
    ByteBuffer drain = loop.directScratch();
    try {
      while (!bellEnded && session.sentPosition() - settledPosition() < BACKLOG_BYTES) {
        int n = bell.read(drain.clear());
        bellEnded = n == RawSocket.EOF;
        if (n < drain.capacity()) {
          return;
        }
      }
    } catch (IOException e) {
      bellEnded = true; // the handler closed with unread input: the ring has all it said
    }
  }

  /** Output below is dealt with: compared while it is the client's already, sent when it is new. */
  private long settledPosition() {
    long compared = feed.producedPosition();
    return compared <= client.receivedPosition() ? compared : forward.position();
  }

  private void feedHandler() {
    input.give();
    bellEnded |= input.isRefused();
  }

  /** The client's half-close is an input like any other, with its turn. */
  private void endInput() {
    if (isEndNext() && session.sentPosition() >= turns.turnOfEnd()) {
      inputEndTold = true;
      session.remoteEnded(feed.fedPosition(), client.closed());
      bell.shutdown(sun.nio.ch.BelayNative.SHUT_WRITE);
    }
  }

  /** Nothing is left to be given but the end. */
  private boolean isEndNext() {
    boolean isDue = client.inputEnded() || client.closed();
    return isDue && !inputEndTold && feed.isFed() && !input.isHalfGiven();
  }

  private void forwardOutput() throws IOException {
    if (isOutputFree()) {
      forward.step(link::write);
    }
  }

  private boolean isOutputFree() {
    return !isPrepared && feed.isVerified();
  }

  private void checkProgress() throws IOException {
    long now = feed.fedPosition() + session.sentPosition() + session.receivedPosition();
    boolean hasArrived = input.isAllGiven() && turns.readBytes() != progressReadBytes;
    if (now != progress || hasArrived) {
      progress = now;
      progressReadBytes = turns.readBytes();
      lookMs = LOOK_MS;
      progressNs = System.nanoTime();
    }
    boolean stuck = System.nanoTime() - progressNs > patienceMs * 1_000_000;
    boolean owesNothing = feed.isVerified() && feed.isFed() && !isEndNext();
    if (stuck && !isPrepared && !owesNothing) {
      throw new IOException(
          "the handler makes no progress: in="
              + session.receivedPosition()
              + "/"
              + feed.offeredPosition()
              + " out="
              + session.sentPosition()
              + "/"
              + client.receivedPosition());
    }
  }

  /** The handler has read all that there is, and more is to come from the client. */
  public boolean awaitsClient() {
    boolean isAllRead = input.isAllGiven() && session.receivedPosition() == feed.fedPosition();
    return logged.isDone() && !turns.isDone() && isAllRead;
  }

  /** Nothing was read or written for so long: the handler is busy with something of its own. */
  public boolean isAtRest(long forMs) {
    return System.nanoTime() - progressNs > forMs * 1_000_000;
  }

  private boolean isSwitchDue() {
    if (!isOutputFree()) {
      return false;
    }
    if (session.isLocalClosed()) {
      return turns.isDone();
    }
    boolean isEndTold = inputEndTold || !(client.inputEnded() || client.closed());
    return feed.isFed() && isEndTold && session.receivedPosition() == feed.fedPosition();
  }

  private void switchLinks() {
    descriptor.park();
    finish();
    awaitStill();
  }

  private void awaitStill() {
    if (isCancelled) {
      return;
    }
    if (!descriptor.isStill()) {
      loop.after(LOOK_MS, this::awaitStill);
    } else if (!session.isLocalClosed() && session.receivedPosition() != feed.fedPosition()) {
      owner.failed(Refusal.UNSPECIFIED, "input lost at the switch");
    } else {
      owner.replayed(forward);
    }
  }

  private void watch() throws IOException {
    watchBell();
    boolean wantsMore = feed.wantsMore();
    wantedMore = wantsMore;
    int forLink = turns.isDone() || !logged.isDone() || !wantsMore ? 0 : EventLoop.READ;
    if (isOutputFree() && hasOutput()) {
      forLink |= EventLoop.WRITE;
    }
    if (forLink != linkEvents) {
      linkEvents = forLink;
      loop.rewatch(link, forLink);
    }
  }

  private boolean hasOutput() {
    return forward.position() < session.sentPosition() || !forward.isBetweenPieces();
  }

  private void watchBell() throws IOException {
    boolean isBacklogged = session.sentPosition() - settledPosition() >= BACKLOG_BYTES;
    int events = bellEnded || isBacklogged ? 0 : EventLoop.READ;
    if (input.isHalfGiven()) {
      events |= EventLoop.WRITE;
    }
    if (events == bellEvents) {
      return;
    }
    bellEvents = events;
    if (bellEnded) {
      loop.unwatch(bell); // with nothing to wait for it would be reported as hung up for ever
    }
    if (bellEnded && events != 0) {
      loop.watch(bell, events, ready -> stepSoon());
    } else {
      loop.rewatch(bell, events);
    }
  }

  private void fail(Refusal reason, String cause) {
    finish();
    owner.failed(reason, cause);
  }

  private void finish() {
    isDone = true;
    session.onSent(null);
    input.end();
    loop.unwatch(link);
    loop.close(bell);
  }
}

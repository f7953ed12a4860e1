package dev.belay.agent.session;

import dev.belay.replicator.log.SessionId;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One protected connection as this end sees it: positions, checksum and what is kept for a resend.
 * Pure: no sockets, no threads, no clock.
 *
 * <p>Invariant: {@code receivedPosition} counts exactly the bytes that the application was given,
 * {@code sentPosition} exactly those that a link took from it; every sent byte is retained, or the
 * session says that it is not ({@link #retainedFrom}).
 *
 * <p>Threads: one reader calls {@code received}, one writer {@code sent}; everyone else reads
 * positions, which are only exact when the descriptor is still.
 */
public final class Session {
  /** The checksum register of an empty stream. */
  public static final int EMPTY_CHECKSUM = -1;

  /**
   * Bytes after which the peer is told without waiting for the next tick. Much less than the peer's
   * ring; each time wakes a thread of the peer's, which costs more than the copy of some 100 KiB.
   */
  private static final long ACK_BYTES = 1 << 20;

  /**
   * Bytes for which the next tick is soon enough. Fewer wait for one of several: thousands of
   * sessions of short messages would fill the control link with as many frames as they send.
   */
  private static final long FEW_BYTES = 2 << 10;

  private static final VarHandle RECEIVED;
  private static final VarHandle RECEIVING;
  private static final VarHandle CHECKSUM;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      RECEIVED = lookup.findVarHandle(Session.class, "receivedPosition", long.class);
      RECEIVING = lookup.findVarHandle(Session.class, "receivingPosition", long.class);
      CHECKSUM = lookup.findVarHandle(Session.class, "checksum", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final SessionId id;
  private final String service;
  private final NativeStream memory;
  private final boolean isClient;
  private final SentLog sent;
  private final InputLog input;

  private volatile int epoch;

  // Written by the reader, read by all with acquire.
  @SuppressWarnings("UnusedVariable")
  private long receivedPosition;

  // The client's reader writes these three in this order, so that anybody can see whether they
  // belong together: receivingPosition, checksum, receivedPosition.
  @SuppressWarnings("UnusedVariable")
  private long receivingPosition;

  @SuppressWarnings("FieldMayBeFinal")
  private int checksum = EMPTY_CHECKSUM;

  private volatile long ackedPosition;

  private volatile Runnable onSent;
  private volatile Listener listener;
  private volatile long finalSent = -1;
  private volatile long receivedAtEnd;
  private volatile boolean isClosing;
  private volatile boolean localClosed;
  private volatile long finalReceived = -1;
  private volatile boolean remoteClosed;

  /** Told by the reader, in its thread. */
  public interface Listener {
    /** The peer should hear of its position without waiting for a tick. */
    void muchReceived();
  }

  private Session(
      SessionId id,
      String service,
      boolean isClient,
      Environment environment,
      SentLog sent,
      InputLog input) {
    this.id = id;
    this.service = service;
    this.isClient = isClient;
    this.memory = environment.memory();
    this.sent = sent;
    this.input = input;
  }

  /**
   * What all sessions of a JVM share.
   *
   * @param logLimitBytes input log per session, in bytes ({@code belay.log.limit})
   * @param ackDue called by a reader when the peer should hear of its position soon
   */
  public record Environment(
      NativeStream memory, MemoryBudget budget, long logLimitBytes, Runnable ackDue) {}

  /** The client's end: what it sends is the input log, kept whole. */
  public static Session ofClient(SessionId id, String service, Environment environment) {
    return new Session(id, service, true, environment, SentLog.ofClient(environment), null);
  }

  /**
   * The server's end: what it sends is kept only until the client has it.
   *
   * @param input takes what the application is given, or null where no other member would hold it
   */
  public static Session ofServer(
      SessionId id, String service, int epoch, Environment environment, InputLog input) {
    SentLog ring = SentLog.ofServer(environment);
    Session session = new Session(id, service, false, environment, ring, input);
    session.epoch = epoch;
    return session;
  }

  public SessionId id() {
    return id;
  }

  public String service() {
    return service;
  }

  public boolean isClient() {
    return isClient;
  }

  public int epoch() {
    return epoch;
  }

  public void epoch(int next) {
    epoch = next;
  }

  // ---- the steady path: one reader, one writer ----

  /** The application was given {@code length} bytes that lie at {@code address}. */
  public void received(long address, int length) {
    if (isClient) {
      receiving(length);
      CHECKSUM.setRelease(this, memory.checksum(checksum, address, length));
    } else if (input != null) {
      input.append(address, length, sentPosition());
    }
    advance(length);
  }

  /** As {@link #received}, out of the first {@code total} bytes of {@code count} vectors. */
  public void receivedVector(long vectors, int count, long total) {
    long left = isClient ? total : 0;
    receiving(left);
    for (int i = 0; i < count && left > 0; i++) {
      int length = (int) Math.min(left, memory.vectorLength(vectors, i));
      CHECKSUM.setRelease(this, memory.checksum(checksum, memory.vectorBase(vectors, i), length));
      left -= length;
    }
    if (input != null) {
      input.appendVector(vectors, count, total, sentPosition());
    }
    advance(total);
  }

  private void receiving(long length) {
    RECEIVING.setOpaque(this, (long) RECEIVED.get(this) + length);
  }

  private void advance(long length) {
    long position = (long) RECEIVED.get(this) + length;
    RECEIVED.setRelease(this, position);
    if (position - ackedPosition >= ACK_BYTES) {
      Listener told = listener;
      if (told != null) {
        told.muchReceived();
      }
    }
  }

  /** Whom the reader tells how it gets on. */
  public void listener(Listener told) {
    listener = told;
  }

  /**
   * The application is about to send: what it has been given by now is the turn of these bytes.
   * Looked at afterwards it would be too late: the answer to them may have been read meanwhile, and
   * a replay would wait for the answer before it gave the question.
   */
  public void sending() {
    sent.turn(receivedPosition());
  }

  /** A link took {@code length} bytes of the application's that lie at {@code address}. */
  public void sent(long address, int length) {
    sent.append(address, length);
    tellSent();
  }

  private void tellSent() {
    Runnable told = onSent;
    if (told != null) {
      told.run();
    }
  }

  /** Whom the writer tells of each write (null for nobody): a replay in progress. */
  public void onSent(Runnable listener) {
    onSent = listener;
  }

  /** As {@link #sent}, out of the first {@code total} bytes of {@code count} vectors. */
  public void sentVector(long vectors, int count, long total) {
    sent.appendVector(vectors, count, total);
    tellSent();
  }

  // ---- positions ----

  public long receivedPosition() {
    return (long) RECEIVED.getAcquire(this);
  }

  public long sentPosition() {
    return sent.position();
  }

  /** CRC-32C of all received bytes; exact only when the descriptor is still. */
  public int receivedChecksum() {
    receivedPosition();
    return ~checksum;
  }

  /** A position that the client's application has reached, and the CRC-32C of all bytes below. */
  public record Mark(long position, int checksum) {}

  /** Of the client, while its reader may be going on; null in the middle of a count. */
  public Mark receivedMark() {
    long position = receivedPosition();
    int register = (int) CHECKSUM.getAcquire(this);
    boolean isWhole = (long) RECEIVING.getOpaque(this) == position;
    return isWhole ? new Mark(position, ~register) : null;
  }

  /** True when the peer does not know of {@link #receivedPosition} yet. */
  public boolean owesAck() {
    return receivedPosition() != ackedPosition;
  }

  /**
   * True when a tick has to tell the peer.
   *
   * @param each even of few bytes
   */
  public boolean owesAck(boolean each) {
    return owesAck()
        && (each || ackedPosition < 0 || receivedPosition() - ackedPosition >= FEW_BYTES);
  }

  /** The position that the peer is told now. */
  public long acknowledge() {
    long position = receivedPosition();
    ackedPosition = position;
    return position;
  }

  /** The next tick tells the peer again, whatever it was told before. */
  public void forgetAcks() {
    ackedPosition = -1;
  }

  /** The peer's application was given all bytes below {@code position}. One thread. */
  public void remoteReceived(long position) {
    sent.peerReceived(position);
  }

  public long remoteReceived() {
    return sent.peerReceived();
  }

  /** What this end has sent, as far as it is kept. */
  public SentLog sentLog() {
    return sent;
  }

  /** Takes what the application is given, or null. */
  public InputLog input() {
    return input;
  }

  /** Nothing of this session is needed any longer. */
  public void release() {
    sent.close();
    if (input != null) {
      input.close();
    }
  }

  // ---- ends ----

  /** The application ended its output at the present position. Only when no write is going on. */
  public void endOutput() {
    if (finalSent < 0) {
      receivedAtEnd = receivedPosition();
      finalSent = sentPosition();
    }
  }

  /** What had been received when the output was ended: the turn of the end itself. */
  long turnOfEnd() {
    return finalSent >= 0 ? receivedAtEnd : receivedPosition();
  }

  /** The application is about to close this end: it reads no more. */
  public void closing() {
    isClosing = true;
  }

  public void closeLocally() {
    isClosing = true;
    localClosed = true;
  }

  /** True from when the application began to close. */
  public boolean isClosing() {
    return isClosing;
  }

  /** The peer's application ended its output there; {@code closed}: and reads no more. */
  public void remoteEnded(long finalPosition, boolean closed) {
    finalReceived = finalPosition;
    if (closed) {
      remoteClosed = true; // never back: a reader may tell of what the loop has heard (hearEnd)
    }
  }

  /** A fresh handler continues: what the one before it was given or ended is of no account. */
  public void newIncarnation() {
    finalReceived = -1;
    remoteClosed = false;
    sent.newIncarnation();
  }

  /** Final position of what this end sends, or -1. */
  public long finalSent() {
    return finalSent;
  }

  /** Final position of what the peer sends, or -1. */
  public long finalReceived() {
    return finalReceived;
  }

  public boolean isLocalClosed() {
    return localClosed;
  }

  public boolean isRemoteClosed() {
    return remoteClosed;
  }

  /** True when the peer has ended its output and the application was given all of it. */
  public boolean isInputComplete() {
    long last = finalReceived;
    return last >= 0 && receivedPosition() == last;
  }

  /** True when this end has ended its output and the peer's application was given all of it. */
  public boolean isOutputComplete() {
    long last = finalSent;
    return last >= 0 && remoteReceived() >= last;
  }
}

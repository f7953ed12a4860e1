package dev.belay.agent.control;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.session.Session;
import dev.belay.agent.wire.Bytes;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.FrameFormatException;
import dev.belay.agent.wire.FrameReader;
import dev.belay.agent.wire.FrameWriter;
import dev.belay.agent.wire.PairKeys;
import dev.belay.agent.wire.Refusal;
import dev.belay.replicator.log.SessionId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The connection of one client JVM with one server JVM, after the handshake: frames out from any
 * thread, frames in on the loop.
 *
 * <p>Where the ends of sessions come very often a server's loop looks every few milliseconds only,
 * and a thread that needs to know of the end of its session reads for itself ({@link #hearEnd}).
 * What it reads beside that is the loop's, which hears it before all that it reads later. Reader
 * and close exclude each other: the number of a closed socket is the next one's.
 *
 * <p>Invariant: frames leave in the order of the calls; after {@link #close} none does and the
 * listener hears nothing more.
 */
public final class ControlLink {
  /** Told on the loop's thread. */
  public interface Listener {
    void frame(ControlLink link, Frame frame);

    /**
     * The link is gone.
     *
     * @param inOrder the peer's end was closed (by it, or by its kernel when it died), nothing was
     *     reset or garbled
     */
    void closed(ControlLink link, String cause, boolean inOrder);
  }

  /** Where a link leads, also as each of its ends writes it: the client's address comes first. */
  public static final class Ends {
    private final InetSocketAddress local;
    private final InetSocketAddress remote;
    private final String atClient;
    private final String atServer;

    private Ends(InetSocketAddress local, InetSocketAddress remote) {
      this.local = local;
      this.remote = remote;
      this.atClient = text(local) + ">" + text(remote);
      this.atServer = text(remote) + ">" + text(local);
    }

    public InetAddress local() {
      return local.getAddress();
    }

    public InetAddress remote() {
      return remote.getAddress();
    }

    /** If this end is the client's. */
    public String atClient() {
      return atClient;
    }

    /** If this end is the server's. */
    public String atServer() {
      return atServer;
    }
  }

  /** Of one event: one who sends without end is not to keep all others waiting. */
  private static final int READS_LIMIT = 4;

  /**
   * What a write comes to behind the peer's end, if what was written before has drawn a reset;
   * without an end it is another error first. In another language the link counts as broken.
   */
  private static final String EPIPE = "Broken pipe";

  /** Of a link that is broken: no turn follows. */
  private static final int LAST_RECEIVES = 64;

  /**
   * While so much waits to be sent, nothing is added that would be said again anyway: the positions
   * of very many sessions, due at the same moment, are no sign that the peer does not read.
   */
  private static final int ROOM_BYTES = FrameWriter.LIMIT_BYTES / 2;

  private final EventLoop loop;
  private final RawSocket socket;
  private final PairKeys keys;
  private final Listener listener;

  /** Held by who reads, or closes: for the time of one read(2) that does not wait. */
  private final ReentrantLock reading = new ReentrantLock();

  @GuardedBy("reading")
  private final FrameReader reader = new FrameReader();

  /** Read by others than the loop, which has not heard it. */
  private final Queue<Frame> unheard = new ConcurrentLinkedQueue<>();

  @GuardedBy("reading")
  private ByteBuffer ownInput;

  private final boolean mayPace;
  private final Pace pace;

  /** The loop looks for itself, now and then. Written by the loop, with {@link #reading} held. */
  private volatile boolean isPaced;

  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final FrameWriter writer = new FrameWriter();

  @GuardedBy("lock")
  private boolean isOpen = true;

  /** A sender was told that the link is broken; who reads is told of an end then. */
  private volatile boolean isBroken;

  private volatile long heardNs;
  private Ends ends;
  private long linkNumber;
  private long beats;

  /**
   * @param mayPace whether this end may leave frames unread for a few milliseconds: if its process
   *     is killed meanwhile, the peer finds the link reset, not ended
   */
  public ControlLink(
      EventLoop loop, RawSocket socket, PairKeys keys, Listener listener, boolean mayPace) {
    this.loop = loop;
    this.socket = socket;
    this.keys = keys;
    this.listener = listener;
    this.mayPace = mayPace;
    this.heardNs = System.nanoTime();
    this.pace = new Pace(heardNs);
  }

  /** Begins to read. Loop thread, as are all but the sending methods. */
  public void start() throws IOException {
    loop.watch(socket, EventLoop.READ, this::ready);
  }

  public PairKeys keys() {
    return keys;
  }

  public Listener listener() {
    return listener;
  }

  /**
   * This end's address and the peer's, as they are seen here.
   *
   * @throws IOException when the link is gone
   */
  public Ends ends() throws IOException {
    if (socket.isClosed()) {
      throw new IOException("the control link is closed");
    }
    if (ends == null) {
      ends = new Ends(socket.localAddress(), socket.remoteAddress());
    }
    return ends;
  }

  /** An address as both ends write it. */
  public static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress().split("%", 2)[0] + ":" + address.getPort();
  }

  /** A number that no data link of this pair has had. */
  public long nextLinkNumber() {
    return ++linkNumber;
  }

  public long heardNs() {
    return heardNs;
  }

  /** This JVM's own pause is not the peer's silence, which is made so much shorter. */
  public void forgiveSilence(long pausedNs) {
    heardNs += Math.min(pausedNs, System.nanoTime() - heardNs);
  }

  /**
   * For how long the peer has said nothing; if that is too long, what it may have said meanwhile is
   * read first, and the listener hears of it.
   */
  public long silentNs(long limitNs) {
    if (System.nanoTime() - heardNs > limitNs && !socket.isClosed()) {
      receive();
    }
    return System.nanoTime() - heardNs;
  }

  private void ready(int events) {
    if ((events & EventLoop.WRITE) != 0) {
      flush();
    }
    if ((events & ~EventLoop.WRITE) != 0) {
      receive();
      keepPace();
    }
  }

  private void keepPace() {
    if (mayPace && !isPaced && !socket.isClosed() && pace.isDense(System.nanoTime())) {
      paced(true);
      loop.rewatch(socket, watched());
      loop.after(Pace.PERIOD_MS, this::look);
    }
  }

  /** Every few milliseconds; whatever is thrown, as nothing else would read. */
  private void look() {
    try {
      receive();
    } finally {
      if (!socket.isClosed()) {
        lookAgain();
      }
    }
  }

  private void lookAgain() {
    if (pace.isDense(System.nanoTime())) {
      loop.after(Pace.PERIOD_MS, this::look);
    } else {
      paced(false);
      loop.rewatch(socket, watched());
      receive(); // what others have read until now
    }
  }

  /**
   * Something has happened of which the peer may have said more before: what has come is heard now,
   * not when it is time for the next look. Not while a frame is being heard.
   */
  public void hear() {
    if (isPaced) {
      receive();
    }
  }

  private void paced(boolean on) {
    reading.lock();
    try {
      isPaced = on;
    } finally {
      reading.unlock();
    }
  }

  /** True while frames wait for the loop's next look: so may other things. Any thread. */
  public boolean isPaced() {
    return isPaced;
  }

  private int watched() {
    lock.lock();
    try {
      // That the peer has ended is heard at once: to write to it any more would break the link.
      return (isPaced ? EventLoop.PEER_ENDED : EventLoop.READ) | (awaitsRoom ? EventLoop.WRITE : 0);
    } finally {
      lock.unlock();
    }
  }

  /**
   * The session's link has come to its end: has the peer said that it is the stream's? The end is
   * the only thing that is heard out of turn, as it says a position that does not change; the loop
   * hears it again. By a reader that is still in its call: until it is out no other incarnation
   * takes the place of the one that has said so. Waits for nobody.
   */
  public void hearEnd(Session session) {
    if (!isPaced || !reading.tryLock()) {
      return; // the loop is at it
    }
    try {
      if (isPaced && !socket.isClosed()) {
        readAhead();
      }
    } finally {
      reading.unlock();
    }
    for (Frame frame : unheard) {
      if (frame instanceof Frame.Fin fin
          && fin.session().equals(session.id())
          && fin.epoch() == session.epoch()) {
        session.remoteEnded(fin.finalPosition(), fin.closed());
      }
    }
  }

  /**
   * Whether the peer's process has not ended, as far as is known: its kernel says so here, as a
   * rule before somebody else has a port of the process. Any thread; waits for nobody.
   */
  public boolean isPeerThere() {
    return !socket.hasPeerEnded();
  }

  @GuardedBy("reading")
  private void readAhead() {
    if (ownInput == null) {
      ownInput = ByteBuffer.allocate(loop.scratch().capacity());
    }
    try {
      int n = socket.read(ownInput.clear());
      if (n > 0) {
        heardNs = System.nanoTime();
        reader.feed(ownInput.array(), 0, n);
        Frame frame;
        while ((frame = reader.next()) != null) {
          unheard.add(frame);
        }
      }
    } catch (IOException e) {
      isBroken = true; // the loop finds an end, which is none
    } catch (FrameFormatException e) {
      return; // the loop gets it again
    }
  }

  /** What is left of very much is the next turn's. */
  private void receive() {
    if (socket.isClosed()) {
      return;
    }
    ByteBuffer input = loop.scratch();
    try {
      for (int reads = 0; reads < READS_LIMIT; reads++) {
        int n = read(input.clear());
        deliver();
        if (socket.isClosed()) {
          return;
        }
        if (n == RawSocket.EOF) {
          lost("end of stream", !isBroken);
          return;
        }
        if (n < input.capacity()) {
          return;
        }
      }
    } catch (IOException e) {
      deliverUnheard();
      lost(e.getMessage(), false);
    } catch (FrameFormatException e) {
      lost("garbled frame: " + e.getMessage(), false);
    }
  }

  /** A link that is broken for the loop may have given others frames before. */
  private void deliverUnheard() {
    try {
      deliver();
    } catch (FrameFormatException e) {
      // Nothing behind it is believed; the link is lost anyway.
    }
  }

  private int read(ByteBuffer input) throws IOException {
    reading.lock();
    try {
      int n = socket.isClosed() ? RawSocket.UNAVAILABLE : socket.read(input);
      if (n > 0) {
        heardNs = System.nanoTime();
        reader.feed(input.array(), 0, n);
      }
      return n;
    } finally {
      reading.unlock();
    }
  }

  private void deliver() throws FrameFormatException {
    Frame frame;
    while (!socket.isClosed() && (frame = next()) != null) {
      pace.heard(frame, heardNs);
      listener.frame(this, frame);
    }
  }

  /** What others have read came first. */
  private Frame next() throws FrameFormatException {
    Frame first = unheard.poll();
    if (first != null) {
      return first;
    }
    reading.lock();
    try {
      Frame late = unheard.poll(); // read since
      return late != null ? late : reader.next();
    } finally {
      reading.unlock();
    }
  }

  private void lost(String cause, boolean inOrder) {
    if (shut()) {
      listener.closed(this, cause, inOrder);
    }
  }

  public boolean isOpen() {
    lock.lock();
    try {
      return isOpen;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the link without telling the listener. */
  public void close() {
    shut();
  }

  private boolean shut() {
    lock.lock();
    try {
      if (!isOpen) {
        return false;
      }
      isOpen = false;
    } finally {
      lock.unlock();
    }
    reading.lock();
    try {
      loop.close(socket);
    } finally {
      reading.unlock();
    }
    return true;
  }

  // ---- sending: any thread ----

  public void heartbeat() {
    lock.lock();
    try {
      writer.heartbeat(++beats);
      flushNow();
    } finally {
      lock.unlock();
    }
  }

  /** Goes with the next flush; or, while too much waits, is owed for longer. */
  public void received(Session session) {
    lock.lock();
    try {
      if (hasRoom()) {
        writer.received(session.id(), session.epoch(), session.acknowledge());
      }
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private boolean hasRoom() {
    if (writer.size() > ROOM_BYTES && !awaitsRoom) {
      flushNow();
    }
    return writer.size() <= ROOM_BYTES;
  }

  /**
   * For the reader itself, which waits for nobody: while another session's frame is being written
   * nothing is said, and its next read says it, or the next tick. Nothing counts as acknowledged
   * when the link is closed: the next one begins anew.
   */
  public void receivedNow(Session session) {
    if (!lock.tryLock()) {
      return;
    }
    try {
      if (isOpen) {
        writer.received(session.id(), session.epoch(), session.acknowledge());
        flushNow();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Goes with the next flush. */
  public void sent(Session session) {
    sent(session, session.sentPosition());
  }

  /** So much at least; goes with the next flush. */
  public void sent(Session session, long position) {
    lock.lock();
    try {
      writer.sent(session.id(), session.epoch(), position);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Goes with the next flush.
   *
   * @return false while too much waits: then it is to be said again
   */
  public boolean durable(Session session, long position) {
    lock.lock();
    try {
      boolean isSaid = hasRoom();
      if (isSaid) {
        writer.durable(session.id(), session.epoch(), position);
      }
      return isSaid;
    } finally {
      lock.unlock();
    }
  }

  /** Goes with the next flush. */
  public void group(String service, List<String> members) {
    lock.lock();
    try {
      writer.group(service, members);
    } finally {
      lock.unlock();
    }
  }

  /** Says first how much was received: what is left unread at a close is known from it. */
  public void fin(Session session) {
    lock.lock();
    try {
      if (session.owesAck()) {
        writer.received(session.id(), session.epoch(), session.acknowledge());
      }
      writer.fin(session.id(), session.epoch(), session.isClosing(), session.finalSent());
      flushNow();
    } finally {
      lock.unlock();
    }
  }

  /** Goes with the next flush. */
  public void endKnown(Session session) {
    lock.lock();
    try {
      writer.endKnown(session.id(), session.epoch());
    } finally {
      lock.unlock();
    }
  }

  /** The end of a session that is no longer there to ask: closed, with all sent. */
  public void fin(SessionId session, int epoch, long finalPosition) {
    lock.lock();
    try {
      writer.fin(session, epoch, true, finalPosition);
      flushNow();
    } finally {
      lock.unlock();
    }
  }

  /** Goes with the next flush. */
  public void reserve(Frame.Reserve frame) {
    lock.lock();
    try {
      writer.reserve(frame);
    } finally {
      lock.unlock();
    }
  }

  /** Goes with the next flush. */
  public void reserved(SessionId session, int epoch) {
    lock.lock();
    try {
      writer.reserved(session, epoch);
    } finally {
      lock.unlock();
    }
  }

  /** Goes with the next flush. */
  public void release(SessionId session, int epoch) {
    lock.lock();
    try {
      writer.release(session, epoch);
    } finally {
      lock.unlock();
    }
  }

  /** Goes with the next flush. */
  public void released(SessionId session, int epoch) {
    lock.lock();
    try {
      writer.released(session, epoch);
    } finally {
      lock.unlock();
    }
  }

  public void abort(SessionId session, int epoch, Refusal reason, String text) {
    lock.lock();
    try {
      writer.abort(session, epoch, reason.code(), text);
      flushNow();
    } finally {
      lock.unlock();
    }
  }

  /** Of an incarnation that is not there. */
  public void linkLost(SessionId session, int epoch) {
    lock.lock();
    try {
      writer.linkLost(session, epoch, 0);
      flushNow();
    } finally {
      lock.unlock();
    }
  }

  public void linkLost(Session session) {
    lock.lock();
    try {
      writer.linkLost(session.id(), session.epoch(), session.receivedPosition());
      flushNow();
    } finally {
      lock.unlock();
    }
  }

  public void move(SessionId sessionOrAll, String targetHint) {
    lock.lock();
    try {
      writer.move(sessionOrAll, targetHint);
      flushNow();
    } finally {
      lock.unlock();
    }
  }

  public void compare(SessionId session, int epoch, Session.Mark received) {
    lock.lock();
    try {
      writer.compare(session, epoch, received.position(), received.checksum());
      flushNow();
    } finally {
      lock.unlock();
    }
  }

  public void switchOver(Frame.Switch frame) {
    lock.lock();
    try {
      writer.switchOver(frame);
      flushNow();
    } finally {
      lock.unlock();
    }
  }

  public void moved(SessionId session, int epoch) {
    lock.lock();
    try {
      writer.moved(session, epoch);
      flushNow();
    } finally {
      lock.unlock();
    }
  }

  public void stays(SessionId session, int epoch, String reason) {
    lock.lock();
    try {
      writer.stays(session, epoch, reason);
      flushNow();
    } finally {
      lock.unlock();
    }
  }

  /**
   * @param comparedPosition of the output: what is beyond may still turn out to be another
   */
  public void near(Session session, long comparedPosition) {
    lock.lock();
    try {
      writer.near(session.id(), session.epoch(), session.receivedPosition(), comparedPosition);
      flushNow();
    } finally {
      lock.unlock();
    }
  }

  public void goodbye(String reason) {
    lock.lock();
    try {
      writer.goodbye(reason);
      flushNow();
    } finally {
      lock.unlock();
    }
  }

  public void proof(Bytes proof) {
    lock.lock();
    try {
      writer.proof(proof);
      flushNow();
    } finally {
      lock.unlock();
    }
  }

  public void identity(Bytes identity) {
    lock.lock();
    try {
      writer.identity(identity);
      flushNow();
    } finally {
      lock.unlock();
    }
  }

  public void flush() {
    lock.lock();
    try {
      flushNow();
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void flushNow() {
    if (!isOpen) {
      return;
    }
    if (writer.isOverflowed()) {
      loop.execute(() -> lost("the peer does not read its control link", false));
      return;
    }
    try {
      while (writer.size() > 0) {
        int n = socket.write(ByteBuffer.wrap(writer.array(), 0, writer.size()));
        if (n <= 0) {
          break;
        }
        writer.consume(n);
      }
      watchRoom();
    } catch (IOException e) {
      if (!EPIPE.equals(e.getMessage())) {
        isBroken = true; // and never back: a reader may have found so meanwhile
      }
      loop.execute(() -> broke(e.getMessage()));
    }
  }

  /** What the peer has said before is there to be read all the same. */
  private void broke(String cause) {
    try {
      for (int i = 0; i < LAST_RECEIVES && !socket.isClosed(); i++) {
        receive();
      }
    } finally {
      lost(cause, false);
    }
  }

  @GuardedBy("lock")
  private boolean awaitsRoom;

  @GuardedBy("lock")
  private void watchRoom() {
    boolean needsRoom = writer.size() > 0;
    if (needsRoom != awaitsRoom) {
      awaitsRoom = needsRoom;
      loop.execute(() -> loop.rewatch(socket, watched()));
    }
  }
}

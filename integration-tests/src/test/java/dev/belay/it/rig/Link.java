package dev.belay.it.rig;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * One TCP connection through a {@link LinkBreaker}: two sockets and a thread for each direction.
 *
 * <p>Bytes pass unchanged and in order until the link is broken. Safe for any thread.
 */
public final class Link {
  private static final int BUFFER_BYTES = 64 << 10;

  /** The directions of a link. */
  public enum Direction {
    TO_SERVER,
    TO_CLIENT
  }

  private final Socket client;
  private final Socket server;
  private final Recording toServer = new Recording();
  private final Recording toClient = new Recording();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Set<Direction> silent = EnumSet.noneOf(Direction.class);
  private long delayMs;
  private volatile boolean isBroken;
  private volatile Predicate<Link> isReplyLost = link -> false;
  private int endedDirections;

  Link(Socket client, Socket server) {
    this.client = client;
    this.server = server;
  }

  void start() {
    pump(client, server, Direction.TO_SERVER);
    pump(server, client, Direction.TO_CLIENT);
  }

  /** What it carries, as far as its first bytes tell. */
  public LinkKind kind() {
    return toServer.kind();
  }

  /** The bytes that passed in one direction. */
  public Recording recording(Direction direction) {
    return direction == Direction.TO_SERVER ? toServer : toClient;
  }

  /** Whether bytes may still pass. */
  public boolean isAlive() {
    lock.lock();
    try {
      return !isBroken && endedDirections < Direction.values().length;
    } finally {
      lock.unlock();
    }
  }

  /** Both ends get a TCP reset; what was under way is lost. */
  public void reset() {
    isBroken = true;
    resetEnd(client);
    resetEnd(server);
    unsilence();
  }

  /** The receiver of a direction sees its end; the other direction goes on. */
  public void halfClose(Direction direction) {
    Socket receiver = direction == Direction.TO_SERVER ? server : client;
    endOutput(receiver);
  }

  /** Nothing passes any more, nobody is told. */
  public void silence() {
    setSilent(EnumSet.allOf(Direction.class));
  }

  /** Nothing passes in this direction any more, nobody is told. */
  public void silence(Direction direction) {
    setSilent(EnumSet.of(direction));
  }

  /** What was held back by {@link #silence} passes. */
  public void unsilence() {
    setSilent(EnumSet.noneOf(Direction.class));
  }

  /** Whether nothing passes in one direction at least. */
  public boolean isSilent() {
    lock.lock();
    try {
      return !silent.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  void delay(long ms) {
    lock.lock();
    try {
      delayMs = ms;
    } finally {
      lock.unlock();
    }
  }

  /** Asked when the first byte from the server is here: whether it is to be reset instead. */
  void loseReplyIf(Predicate<Link> isLost) {
    isReplyLost = isLost;
  }

  @Override
  public String toString() {
    return kind() + (isAlive() ? "" : " dead") + " " + toServer.total() + "/" + toClient.total();
  }

  private void setSilent(Set<Direction> directions) {
    lock.lock();
    try {
      silent.clear();
      silent.addAll(directions);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void pump(Socket from, Socket to, Direction direction) {
    Thread thread = new Thread(() -> run(from, to, direction), "link-" + direction);
    thread.setDaemon(true);
    thread.start();
  }

  private void run(Socket from, Socket to, Direction direction) {
    try {
      copy(from.getInputStream(), to.getOutputStream(), direction);
      endOutput(to);
    } catch (IOException e) {
      reset();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      directionEnded();
    }
  }

  private void copy(InputStream from, OutputStream to, Direction direction)
      throws IOException, InterruptedException {
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
      boolean isReply = direction == Direction.TO_CLIENT && toClient.total() == 0;
      recording(direction).add(buffer, n);
      if (isReply && isReplyLost.test(this)) {
        throw new IOException("broken by the test");
      }
      awaitPassage(direction);
      to.write(buffer, 0, n);
    }
    awaitPassage(direction);
  }

  private void awaitPassage(Direction direction) throws InterruptedException, IOException {
    lock.lock();
    try {
      long leftNs = TimeUnit.MILLISECONDS.toNanos(delayMs);
      while (!isBroken && (silent.contains(direction) || leftNs > 0)) {
        leftNs = silent.contains(direction) ? awaitUnsilenced() : changed.awaitNanos(leftNs);
      }
    } finally {
      lock.unlock();
    }
    if (isBroken) {
      throw new IOException("broken by the test");
    }
  }

  private long awaitUnsilenced() throws InterruptedException {
    changed.await();
    return 0;
  }

  private void directionEnded() {
    lock.lock();
    try {
      endedDirections++;
      if (endedDirections == Direction.values().length) {
        closeQuietly(client);
        closeQuietly(server);
      }
    } finally {
      lock.unlock();
    }
  }

  private static void endOutput(Socket receiver) {
    try {
      receiver.shutdownOutput();
    } catch (IOException e) {
      // It has closed already: it knows.
    }
  }

  private static void resetEnd(Socket end) {
    try {
      end.setSoLinger(true, 0);
    } catch (IOException e) {
      // It is closed already: there is nobody to reset.
    }
    closeQuietly(end);
  }

  static void closeQuietly(AutoCloseable end) {
    try {
      end.close();
    } catch (Exception e) {
      // It is of no use any more either way.
    }
  }
}

package dev.belay.it.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A TCP way to a port of 127.0.0.1 that can be broken.
 *
 * <p>It passes bytes unchanged and records them, until it is told otherwise. In front of a door it
 * tells data links from control links. Safe for any thread.
 */
public final class LinkBreaker implements AutoCloseable {
  private static final int BACKLOG = 512;
  private static final int CONNECT_TIMEOUT_MS = 5_000;
  private static final int ACCEPTOR_END_MS = 5_000;

  /** Small, so that not much more is under way than without a breaker. */
  private static final int BUFFER_BYTES = 64 << 10;

  /** All links. */
  public static final Predicate<Link> ALL = link -> true;

  /** The links that carry a session's bytes. */
  public static final Predicate<Link> DATA = link -> link.kind().isData();

  /** The links between the agents. */
  public static final Predicate<Link> CONTROL = link -> link.kind() == LinkKind.CONTROL;

  private final InetSocketAddress address;
  private final InetSocketAddress target;
  private final List<Link> links = new CopyOnWriteArrayList<>();
  private volatile ServerSocket listener;
  private volatile Thread acceptor;
  private final AtomicInteger refusedLinks = new AtomicInteger();
  private volatile boolean isResettingNewLinks;
  private volatile boolean isSilencingNewLinks;
  private final AtomicInteger repliesToLose = new AtomicInteger();
  private volatile long delayMs;

  private LinkBreaker(InetSocketAddress address, InetSocketAddress target) {
    this.address = address;
    this.target = target;
    admit();
  }

  /** Starts to listen; the target need not be there yet. */
  static LinkBreaker inFrontOf(int targetPort) {
    return new LinkBreaker(Ports.loopback(Ports.free()), Ports.loopback(targetPort));
  }

  /** The same on 127.0.0.2 at the target's own port, so that a service keeps its number. */
  static LinkBreaker beside(int targetPort) {
    return new LinkBreaker(Ports.beside(targetPort), Ports.loopback(targetPort));
  }

  /** Where the client has to connect to. */
  public int port() {
    return address.getPort();
  }

  /** All links that ever passed, dead ones too, oldest first. */
  public List<Link> links() {
    return List.copyOf(links);
  }

  /** The links of a kind that are alive now. */
  public List<Link> alive(Predicate<Link> kind) {
    return links.stream().filter(Link::isAlive).filter(kind).toList();
  }

  /** Resets the data links there are now; how many. */
  public int breakData() {
    return reset(DATA);
  }

  /** Resets the control links there are now; how many. */
  public int breakControl() {
    return reset(CONTROL);
  }

  /** Resets the links of a kind that there are now; how many. */
  public int reset(Predicate<Link> kind) {
    return each(kind, Link::reset);
  }

  /** Lets nothing pass on the links of a kind that there are now, without a word; how many. */
  public int silence(Predicate<Link> kind) {
    return each(kind, Link::silence);
  }

  /** As {@link #silence(Predicate)}, in one direction only. */
  public int silence(Predicate<Link> kind, Link.Direction direction) {
    return each(kind, link -> link.silence(direction));
  }

  /** New connections are accepted, but nothing passes on them. */
  public void silenceNewLinks(boolean isSilencing) {
    isSilencingNewLinks = isSilencing;
  }

  /** Nothing passes any more, on links to come neither: the machine behind has lost its power. */
  public int swallow() {
    silenceNewLinks(true);
    return silence(ALL);
  }

  /** Lets pass again what {@link #silence(Predicate)} held back. */
  public int unsilence(Predicate<Link> kind) {
    return each(kind, Link::unsilence);
  }

  /** So many data links are reset just when the server's reply to their preface has come. */
  public void loseReplies(int count) {
    repliesToLose.set(count);
  }

  /** How many more {@link #loseReplies} will take. */
  public int repliesToLose() {
    return Math.max(0, repliesToLose.get());
  }

  /** Delays every chunk of bytes, of links to come too. */
  public void delay(long ms) {
    delayMs = ms;
    each(ALL, link -> link.delay(ms));
  }

  /** New connections are refused, as by a host without that server; the port is free again. */
  public void refuse() {
    Link.closeQuietly(listener);
    try {
      acceptor.join(ACCEPTOR_END_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** New connections are accepted and reset at once. */
  public void resetNewLinks(boolean isResetting) {
    isResettingNewLinks = isResetting;
  }

  /** How many connections {@link #resetNewLinks} has met. */
  public int refusedLinks() {
    return refusedLinks.get();
  }

  /** New connections pass again after {@link #refuse}. */
  public void admit() {
    try {
      ServerSocket fresh = new ServerSocket();
      fresh.setReceiveBufferSize(BUFFER_BYTES);
      fresh.bind(address, BACKLOG);
      listener = fresh;
      acceptor = new Thread(() -> acceptAll(fresh), "link-breaker-" + address);
      acceptor.setDaemon(true);
      acceptor.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    refuse();
    each(ALL, Link::reset);
  }

  private int each(Predicate<Link> kind, Consumer<Link> what) {
    List<Link> affected = alive(kind);
    affected.forEach(what);
    return affected.size();
  }

  private void acceptAll(ServerSocket from) {
    while (!from.isClosed()) {
      try {
        pass(from.accept());
      } catch (IOException e) {
        // The listener was closed, or one client was gone before it was served: look again.
      }
    }
  }

  private void pass(Socket client) throws IOException {
    Socket server = new Socket();
    bound(client);
    bound(server);
    Link link = new Link(client, server);
    if (isResettingNewLinks) {
      refusedLinks.incrementAndGet();
      link.reset();
      return;
    }
    try {
      server.connect(target, CONNECT_TIMEOUT_MS);
    } catch (IOException e) {
      link.reset();
      return;
    }
    link.delay(delayMs);
    if (isSilencingNewLinks) {
      link.silence();
    }
    link.loseReplyIf(reply -> DATA.test(reply) && repliesToLose.getAndDecrement() > 0);
    links.add(link);
    link.start();
  }

  private static void bound(Socket end) throws IOException {
    end.setTcpNoDelay(true);
    end.setSendBufferSize(BUFFER_BYTES);
    end.setReceiveBufferSize(BUFFER_BYTES);
  }
}

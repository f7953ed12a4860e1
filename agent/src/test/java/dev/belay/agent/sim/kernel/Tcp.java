package dev.belay.agent.sim.kernel;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A TCP socket as an application sees it on Linux: connect, accept, bytes with bounded buffers,
 * half close, end, reset. Segments of one direction arrive in order or not at all.
 *
 * <p>Invariant: what {@link #read} gives is a prefix of what the peer's {@link #write} took.
 */
public final class Tcp extends OpenFile {
  private enum State {
    NEW,
    LISTENING,
    CONNECTING,
    CONNECTED,
    CLOSED
  }

  /** What travels. {@code bytes} is null but for data. */
  private record Segment(Kind kind, byte[] bytes, long arrivalNs) {
    enum Kind {
      SYN,
      SYN_ACK,
      ACK,
      DATA,
      FIN,
      RST
    }
  }

  private static final String RESET = "Connection reset";
  private static final int ROOM_FOR_PREFACES = 1024;
  private static final long SYN_RETRY_NS = 1_000_000_000;
  private static final int MOST_RETRIES = 400;

  private final World world;
  private final Machine machine;
  private final int boot;
  private final Jvm owner;
  private final int capacity;
  private final Map<SocketOption<?>, Object> options = new LinkedHashMap<>();
  private final ByteQueue received = new ByteQueue();
  private final ArrayDeque<Segment> flying = new ArrayDeque<>();
  private final ArrayDeque<Tcp> backlog = new ArrayDeque<>();
  private int backlogLimit;
  private State state = State.NEW;
  private InetSocketAddress local;
  private InetSocketAddress remote;
  private Tcp peer;
  private Tcp listener;
  private IOException error;
  private int readableFrom = 1;
  private int unreadByPeer;
  private boolean isEndReceived;
  private boolean isReadShut;
  private boolean isWriteShut;
  private boolean isReleased;
  private boolean isBoundByNumber;
  private boolean isSwallowed;
  private boolean isDelivering;
  private int retries;

  Tcp(Jvm owner) {
    this.owner = owner;
    this.machine = owner.machine();
    this.world = machine.world();
    this.boot = machine.boots();
    this.capacity = ROOM_FOR_PREFACES + (int) world.between(512, owner.socketBufferBytes());
    options.put(StandardSocketOptions.SO_LINGER, -1);
    options.put(StandardSocketOptions.TCP_NODELAY, false);
    options.put(StandardSocketOptions.SO_KEEPALIVE, false);
  }

  // ---- what others ask ----

  public Jvm owner() {
    return owner;
  }

  public Machine machine() {
    return machine;
  }

  public Tcp peer() {
    return peer;
  }

  public InetSocketAddress local() {
    return local;
  }

  InetSocketAddress remote() {
    return remote;
  }

  /** The port of the listener to which this connection was made. */
  public int servicePort() {
    return remote == null ? 0 : remote.getPort();
  }

  public boolean isEstablished() {
    return state == State.CONNECTED && peer != null;
  }

  boolean isListening() {
    return state == State.LISTENING;
  }

  /** Whether this is an earlier connection of the same two addresses, of which the peer knows. */
  boolean isFormerOf(Tcp other) {
    return this != other
        && peer != null
        && peer.state == State.CONNECTED
        && peer.boot == peer.machine.boots()
        && local.equals(other.local)
        && remote.equals(other.remote);
  }

  boolean isDead() {
    boolean isUnknown = peer == null || peer.state == State.CLOSED;
    return (state == State.CLOSED && isUnknown) || (isReleased && (isUnknown || peer.isReleased));
  }

  Object option(SocketOption<?> name) {
    Object value = options.get(name);
    return value == null ? Boolean.FALSE : value;
  }

  void option(SocketOption<?> name, Object value) {
    options.put(name, value);
  }

  /** SO_RCVLOWAT. */
  void readableFrom(int bytes) {
    readableFrom = bytes;
  }

  /** A window that is about to close wakes the reader in any case. */
  private int lowWater() {
    return Math.max(1, Math.min(readableFrom, capacity / 2));
  }

  boolean hasPeerEnded() {
    return isEndReceived || state == State.CLOSED;
  }

  int available() {
    return received.size();
  }

  private int room() {
    return capacity - unreadByPeer;
  }

  @Override
  int readiness() {
    return switch (state) {
      case NEW -> OUT | HUP;
      case LISTENING -> backlog.isEmpty() ? 0 : IN;
      case CONNECTING -> 0;
      case CONNECTED -> connectedReadiness();
      case CLOSED -> IN | OUT | HUP | PEER_ENDED | (error != null ? ERR : 0);
    };
  }

  private int connectedReadiness() {
    boolean in = received.size() >= lowWater() || isEndReceived || isReadShut;
    boolean out = isWriteShut || room() > 0;
    boolean hup = isWriteShut && (isEndReceived || isReadShut);
    return (in ? IN : 0) | (out ? OUT : 0) | (hup ? HUP : 0) | (isEndReceived ? PEER_ENDED : 0);
  }

  // ---- binding, listening, connecting ----

  /** A port that was asked for by its number stays the socket's until it is closed. */
  void bind(InetAddress address, int port) throws BindException {
    int number = port == 0 ? machine.nextPort() : port;
    boolean isQuiet = address.isLoopbackAddress() || port != 0 && address.isAnyLocalAddress();
    if (!isQuiet && !machine.takePort(number, this)) {
      throw new BindException("Address already in use");
    }
    isBoundByNumber = port != 0;
    local = new InetSocketAddress(address, number);
  }

  private void freePort() {
    if (local != null) {
      machine.freePort(local.getPort(), this);
    }
  }

  void listen(int backlogSize) throws IOException {
    if (local == null) {
      bind(machine.address(), 0);
    }
    // Quiet links listen on addresses of 127.0.0.0/8 that nobody connects to.
    boolean isReachable = !local.getAddress().isLoopbackAddress();
    if (isReachable && !machine.listen(local.getPort(), this)) {
      throw new SocketException("Address already in use");
    }
    backlogLimit = backlogSize + 1;
    state = State.LISTENING;
  }

  void connect(InetSocketAddress to) throws IOException {
    if (state != State.NEW) {
      throw new SocketException("Transport endpoint is already connected");
    }
    InetAddress from = to.getAddress().isLoopbackAddress() ? to.getAddress() : machine.address();
    if (local == null || local.getAddress().isAnyLocalAddress()) {
      int port = local == null ? machine.nextPort() : local.getPort();
      local = new InetSocketAddress(from, port);
      if (!from.isLoopbackAddress()) {
        machine.takePort(port, this);
      }
    }
    remote = to;
    state = State.CONNECTING;
    world.network().opened(this);
    fly(Segment.Kind.SYN, null);
    world.after(SYN_RETRY_NS, this::askAgain);
  }

  /** A machine that went down meanwhile knows nothing of the first SYN. */
  private void askAgain() {
    if (state != State.CONNECTING || !machine.isUp() || boot != machine.boots()) {
      return;
    }
    if (peer != null && peer.machine.isUp() && peer.boot != peer.machine.boots()) {
      resetLater();
    }
    world.after(SYN_RETRY_NS, this::askAgain);
  }

  /** False while under way. */
  boolean isConnected() throws IOException {
    throwError();
    if (state == State.CONNECTING) {
      return false;
    }
    if (state != State.CONNECTED) {
      throw new ConnectException("Connection refused");
    }
    return true;
  }

  Tcp accept() {
    Tcp accepted = backlog.poll();
    return accepted;
  }

  // ---- bytes ----

  /** A count, 0 for "nothing now", -1 for the end. */
  int read(ByteBuffer target) throws IOException {
    if (received.size() > 0) {
      int n = received.take(target, (int) world.between(1, 2L * capacity));
      peer.unreadByPeer -= n;
      peer.changed();
      return n;
    }
    throwError();
    if (isEndReceived || isReadShut || state == State.CLOSED) {
      return -1;
    }
    if (state != State.CONNECTED) {
      throw new SocketException("Transport endpoint is not connected");
    }
    return 0;
  }

  /** A count, 0 for "no room now". */
  int write(ByteBuffer source) throws IOException {
    throwError();
    if (isWriteShut || (state != State.CONNECTED && state != State.CONNECTING)) {
      throw new IOException("Broken pipe");
    }
    int n = Math.min(source.remaining(), Math.max(0, room()));
    if (state == State.CONNECTING || n == 0) {
      return 0;
    }
    byte[] bytes = new byte[n];
    source.get(bytes);
    unreadByPeer += n;
    fly(Segment.Kind.DATA, bytes);
    return n;
  }

  private void throwError() throws IOException {
    if (error != null) {
      IOException pending = error;
      error = null;
      throw pending;
    }
  }

  // ---- ends ----

  /** As the JDK does: Net.shutdown takes "not connected" for done. */
  void shutdown(boolean read, boolean write) {
    if (state != State.CONNECTED) {
      return;
    }
    isReadShut |= read;
    if (write && !isWriteShut) {
      isWriteShut = true;
      fly(Segment.Kind.FIN, null);
    }
    changed();
  }

  @Override
  void released() {
    isReleased = true;
    machine.unlisten(this);
    for (Tcp waiting : backlog) {
      waiting.abort();
    }
    if (state != State.CONNECTED) {
      state = State.CLOSED;
      freePort();
      return;
    }
    boolean isAbortive = Integer.valueOf(0).equals(options.get(StandardSocketOptions.SO_LINGER));
    if (isAbortive || received.size() > 0) {
      abort();
      freePort();
    } else if (!isWriteShut) {
      isWriteShut = true;
      fly(Segment.Kind.FIN, null);
    }
    if (isEndReceived) { // else it is in TIME_WAIT for a minute
      freePort();
    }
  }

  /** A reset, as by {@link #abort}, that whoever waits here hears of as well. */
  void disconnect() {
    if (state == State.CONNECTED || state == State.CONNECTING) {
      boolean isConnected = state == State.CONNECTED;
      error = isConnected ? new SocketException(RESET) : new ConnectException("aborted");
      abort();
    }
  }

  /** Ends the connection with a reset; what has not arrived may never do so. */
  public void abort() {
    if (state == State.CONNECTED && owner.isLosingResets()) {
      isSwallowed = true;
    } else if (state == State.CONNECTED) {
      if (world.chance(0.5)) {
        flying.removeIf(segment -> segment.kind() == Segment.Kind.DATA);
      }
      fly(Segment.Kind.RST, null);
    }
    state = State.CLOSED;
    changed();
  }

  /** Something on the way resets this end only, or both. */
  public void injectReset(boolean both) {
    world.trace(machine.name(), "inject reset", servicePort(), both ? 1 : 0);
    Tcp other = peer;
    reset();
    if (both && other != null) {
      other.reset();
    }
  }

  /** Something on the way has forgotten the connection: from here nothing arrives any longer. */
  public void swallow(boolean both) {
    world.trace(machine.name(), "swallow", servicePort(), both ? 1 : 0);
    isSwallowed = true;
    if (both && peer != null) {
      peer.isSwallowed = true;
    }
  }

  private void reset() {
    if (state == State.CONNECTING) {
      error = new ConnectException("Connection refused");
    } else if (state == State.CONNECTED) {
      error = new SocketException(RESET);
    }
    state = State.CLOSED;
    flying.clear();
    if (isReleased || !isBoundByNumber) {
      freePort();
    }
    changed();
  }

  // ---- the way ----

  private void fly(Segment.Kind kind, byte[] bytes) {
    Machine to =
        peer != null ? peer.machine : world.network().machine(remote.getAddress(), machine);
    long earliest = flying.isEmpty() ? 0 : flying.peekLast().arrivalNs();
    long delay = to == null ? 0 : world.network().delayNs(machine, to);
    long arrivalNs = Math.max(earliest, world.nowNs() + delay);
    flying.add(new Segment(kind, bytes, arrivalNs));
    deliverLater();
  }

  private void deliverLater() {
    if (!isDelivering && !flying.isEmpty()) {
      isDelivering = true;
      world.after(flying.peek().arrivalNs() - world.nowNs(), this::deliver);
    }
  }

  private void deliver() {
    isDelivering = false;
    if (flying.isEmpty() || isSwallowed || !machine.isUp() || boot != machine.boots()) {
      return; // lost on the way, or with the machine
    }
    Machine to =
        peer != null ? peer.machine : world.network().machine(remote.getAddress(), machine);
    if (to == null || world.network().isCut(machine, to)) {
      retryLater();
      return;
    }
    retries = 0;
    arrive(flying.poll(), to);
    deliverLater();
  }

  /** TCP sends again, until it gives up. */
  private void retryLater() {
    if (++retries > MOST_RETRIES) {
      error = new ConnectException("Connection timed out");
      state = State.CLOSED;
      flying.clear();
      changed();
      return;
    }
    isDelivering = true;
    world.after(world.between(50_000_000, 250_000_000), this::deliver);
  }

  private void arrive(Segment segment, Machine to) {
    world.trace(
        machine.name(),
        segment.kind().name(),
        segment.bytes() == null ? 0 : segment.bytes().length,
        servicePort());
    boolean isUnknown = peer != null && peer.boot != to.boots();
    switch (segment.kind()) {
      case SYN -> synAt(to.listener(remote.getPort()), to);
      case SYN_ACK -> peer.connected();
      case ACK -> {
        if (isUnknown || peer.state != State.CONNECTED || peer.listener.isReleased) {
          resetLater();
        } else if (world.network().isLost(remote)) {
          isSwallowed = true;
        } else {
          peer.listener.backlog.add(peer);
          peer.listener.changed();
        }
      }
      case DATA -> {
        if (isUnknown || peer.state != State.CONNECTED || peer.isReleased) {
          resetLater();
        } else {
          peer.received.add(segment.bytes());
          peer.changed();
        }
      }
      case FIN -> {
        if (isUnknown) {
          resetLater();
        } else {
          peer.isEndReceived = true;
          peer.changed();
        }
      }
      case RST -> {
        if (!isUnknown) {
          peer.reset();
        }
      }
    }
  }

  private void synAt(Tcp listener, Machine to) {
    Tcp former = world.network().former(this);
    if (listener == null) {
      resetLater();
    } else if (former != null) { // is asked, answers in vain, and is reset; the SYN comes again
      former.peer.reset();
      flying.addFirst(new Segment(Segment.Kind.SYN, null, world.nowNs() + SYN_RETRY_NS));
    } else if (listener.backlog.size() >= listener.backlogLimit) {
      flying.addFirst(new Segment(Segment.Kind.SYN, null, world.nowNs() + 1_000_000_000));
    } else {
      Tcp accepted = new Tcp(listener.owner);
      InetAddress at = remote.getAddress().isLoopbackAddress() ? remote.getAddress() : to.address();
      accepted.local = new InetSocketAddress(at, remote.getPort());
      accepted.remote = local;
      accepted.peer = this;
      peer = accepted;
      accepted.state = State.CONNECTED;
      accepted.listener = listener;
      accepted.fly(Segment.Kind.SYN_ACK, null);
    }
  }

  private void connected() {
    if (state == State.CONNECTING) {
      state = State.CONNECTED;
      fly(Segment.Kind.ACK, null);
      changed();
    } else {
      peer.resetFromHere();
    }
  }

  private void resetFromHere() {
    if (state == State.CONNECTED) {
      reset();
    }
  }

  /** The other kernel does not know the connection. */
  private void resetLater() {
    Machine to =
        peer != null ? peer.machine : world.network().machine(remote.getAddress(), machine);
    long delay = to == null ? 0 : world.network().delayNs(to, machine);
    flying.clear();
    world.after(
        delay,
        () -> {
          if (machine.isUp() && boot == machine.boots()) {
            reset();
          }
        });
  }

  @Override
  public String toString() {
    return local
        + "-"
        + remote
        + " "
        + state
        + " readiness="
        + readiness()
        + " received="
        + received.size()
        + " unread by peer="
        + unreadByPeer
        + "/"
        + capacity
        + " flying="
        + flying.size();
  }
}

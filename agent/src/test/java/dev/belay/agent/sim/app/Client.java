package dev.belay.agent.sim.app;

import dev.belay.agent.sim.kernel.AppThread;
import dev.belay.agent.sim.kernel.Jvm;
import dev.belay.agent.sim.kernel.Memory;
import dev.belay.agent.sim.kernel.WovenSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A client that plays a script over a blocking socket: one thread that writes and waits for the
 * answer, or two, one for each direction.
 *
 * <p>Invariant: what it reads is a prefix of what the script's server says, and whatever it was
 * promised of its end holds.
 */
public final class Client {
  /** What it has come to. */
  public enum State {
    CONNECTING,
    TALKING,
    DONE,
    /** An exception that the script has no place for. */
    FAILED
  }

  private static final int MOST_CONNECTS = 200;
  private static final long RETRY_NS = 100_000_000;

  private final Jvm jvm;
  private final Script script;
  private final List<InetSocketAddress> servers;
  private final boolean isDuplex;
  private final AppThread writer;
  private final AppThread reader;
  private final ByteBuffer out = Memory.lend();
  private final ByteBuffer in = Memory.lend();
  private final int leavesAt;
  private final Map<Integer, Jvm> servedBy = new HashMap<>();
  private WovenSocket socket;
  private int port;
  private InetSocketAddress target;
  private long askedNs;
  private long connectedNs;
  private Jvm first;
  private boolean isDirect;
  private State state = State.CONNECTING;
  private String failure;
  private int connects;
  private int sent;
  private int received;
  private byte mood;
  private boolean isWriterDone;
  private boolean isReaderDone;
  private boolean isEndRead;

  public Client(Jvm jvm, Script script, List<InetSocketAddress> servers, boolean isDuplex) {
    this.jvm = jvm;
    this.script = script;
    this.servers = servers;
    this.isDuplex = isDuplex;
    this.writer = new AppThread(jvm, "client-" + script.number());
    this.reader = isDuplex ? new AppThread(jvm, "reader-" + script.number()) : writer;
    boolean leaves =
        script.end() == Script.End.CLIENT_LEAVES || script.end() == Script.End.CLIENT_ABORTS;
    this.leavesAt = leaves ? (int) jvm.world().between(0, script.length()) : script.length();
  }

  public Script script() {
    return script;
  }

  public State state() {
    return state;
  }

  public String failure() {
    return failure;
  }

  public int sent() {
    return sent;
  }

  public int received() {
    return received;
  }

  public String jvmName() {
    return jvm.name();
  }

  public String describe() {
    return script.describe()
        + " "
        + state
        + " sent="
        + sent
        + " received="
        + received
        + (isDuplex ? " duplex" : "")
        + (failure == null ? "" : " failure=" + failure);
  }

  /** Whether its session began past the door. */
  public boolean isDirect() {
    return isDirect;
  }

  /** When its connect was through. */
  public long connectedNs() {
    return connectedNs;
  }

  /** Whether this JVM had a session with the server that this client asked for before it asked. */
  public boolean hasKnownServer(List<Client> others) {
    for (Client other : others) {
      boolean isThere = other.jvm == jvm && other.first != null && other.connectedNs < askedNs;
      if (isThere && other.first.machine().address().equals(target.getAddress())) {
        return true;
      }
    }
    return false;
  }

  public boolean isOver() {
    return state == State.DONE || state == State.FAILED || jvm.isDead();
  }

  /** Its JVM is about to die. */
  public void gone() {
    script.clientGone();
  }

  public boolean isGone() {
    return jvm.isDead();
  }

  /** As {@link #start}, from that port if it can be had. */
  public void startFrom(int chosenPort, long delayNs) {
    port = chosenPort;
    start(delayNs);
  }

  public void start(long delayNs) {
    writer.later(delayNs, this::connect);
  }

  private void connect() throws IOException {
    connects++;
    socket = WovenSocket.open(jvm);
    if (jvm.world().chance(0.5)) {
      socket.configureBlocking(false); // as with a time-out
    }
    if (script.isStranger() && port != 0) {
      socket.bind(port);
      port = 0;
    }
    target = servers.get(jvm.world().random().nextInt(servers.size()));
    askedNs = jvm.world().nowNs();
    socket.connect(writer, target, (n, refused) -> connected(refused));
  }

  private void connected(IOException refused) throws IOException {
    if (refused != null) {
      socket.close();
      if (connects == MOST_CONNECTS) {
        fail("never connected: " + refused);
      } else {
        writer.later(RETRY_NS, this::connect);
      }
      return;
    }
    state = State.TALKING;
    connectedNs = jvm.world().nowNs();
    first = socket.server();
    script.clientAddress(socket.localAddress());
    if (!socket.isProtected()) {
      script.plain();
    }
    isDirect = socket.isDirect(servers.get(0).getPort());
    jvm.world().trace(jvm.name(), "connected", script.number(), script.end().ordinal());
    if (isDuplex) {
      reader.start(this::readAll);
    }
    writer.then(this::write);
  }

  // ---- writing ----

  private void write() throws IOException {
    if (sent >= leavesAt) {
      endOutput();
      return;
    }
    int chunk = (int) jvm.world().between(1, isDuplex ? 4000 : 500);
    int n = Math.min(chunk, Math.min(leavesAt - sent, Memory.BUFFER_BYTES));
    out.clear().put(script.input(), sent, n).flip();
    script.turn(sent, sent + n, received);
    writeRest(sent + n);
  }

  private void writeRest(int until) throws IOException {
    socket.write(
        writer,
        out,
        (n, failed) -> {
          if (failed != null) {
            broke(failed);
            return;
          }
          sent += n;
          writer.then(sent < until ? () -> writeNext(until) : this::think);
        });
  }

  /** A partial write: the JDK's streams write the rest from where it was. */
  private void writeNext(int until) throws IOException {
    out.clear().put(script.input(), sent, until - sent).flip();
    writeRest(until);
  }

  private void think() throws IOException {
    if (!isDuplex && received < script.outputAfter(sent)) {
      readUntil(script.outputAfter(sent), this::think);
    } else if (jvm.world().chance(0.3)) {
      writer.later(jvm.world().between(0, 40_000_000), this::write);
    } else {
      writer.then(this::write);
    }
  }

  private void endOutput() throws IOException {
    switch (script.end()) {
      case HALF_CLOSE -> {
        socket.endOutput();
        finishReading();
      }
      case SERVER_CLOSES -> finishReading();
      case CLIENT_CLOSES -> {
        if (isDuplex) {
          writerDone(); // the reader knows how much is to come
        } else {
          readUntil(script.outputLength(), this::writerDone);
        }
      }
      case CLIENT_LEAVES, CLIENT_ABORTS -> writerDone();
    }
  }

  private void finishReading() throws IOException {
    if (isDuplex) {
      writerDone();
    } else {
      readToEnd();
    }
  }

  // ---- reading ----

  private void readUntil(int position, AppThread.Step then) throws IOException {
    if (received >= position) {
      writer.then(then);
    } else {
      readSome(writer, () -> readUntil(position, then), () -> early("end of stream"));
    }
  }

  private void readToEnd() throws IOException {
    readSome(writer, this::readToEnd, this::endRead);
  }

  private void endRead() throws IOException {
    isEndRead = true;
    if (received < script.outputLength()) {
      early("end of stream");
    } else {
      writerDone();
    }
  }

  private void readAll() throws IOException {
    boolean hasAll = received >= script.outputLength();
    boolean isQuietEnd = script.end() == Script.End.CLIENT_CLOSES && hasAll;
    boolean leaves =
        script.end() == Script.End.CLIENT_LEAVES || script.end() == Script.End.CLIENT_ABORTS;
    if (isQuietEnd || (leaves && received >= script.outputAfter(leavesAt))) {
      readerDone();
    } else {
      readSome(reader, this::readAll, this::duplexEnd);
    }
  }

  private void duplexEnd() throws IOException {
    isEndRead = true;
    if (received < script.outputLength()) {
      early("end of stream");
    } else {
      readerDone();
    }
  }

  private void readSome(AppThread thread, AppThread.Step more, AppThread.Step atEnd)
      throws IOException {
    in.clear().limit((int) jvm.world().between(1, 4096));
    socket.read(
        thread,
        in,
        (n, failed) -> {
          if (failed != null) {
            broke(failed);
          } else if (n == WovenSocket.EOF) {
            thread.then(atEnd);
          } else {
            checkServer();
            check(in.flip());
            thread.then(more);
          }
        });
  }

  /** What is read in one epoch comes from one incarnation of the server. */
  private void checkServer() {
    Jvm server = socket.server();
    Jvm former = server == null ? null : servedBy.putIfAbsent(socket.epoch(), server);
    if (former != null && former != server) {
      throw jvm.world().fail("two servers in epoch " + socket.epoch() + " of " + script.number());
    }
  }

  private void check(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      byte next = bytes.get();
      if (received == 0 && script.isMoody()) {
        mood = (byte) (next ^ script.output(0)); // from here on always this one's
      }
      if (received >= script.outputLength() || next != (byte) (script.output(received) ^ mood)) {
        throw jvm.world()
            .fail(
                "wrong output: script="
                    + script.number()
                    + " position="
                    + received
                    + " of "
                    + script.outputLength());
      }
      received++;
    }
    if (received > script.outputAfter(Math.min(sent + out.limit(), script.length()))
        && sent < script.length()) {
      throw jvm.world().fail("an answer before its question: script=" + script.number());
    }
  }

  // ---- ends ----

  private void early(String what) {
    if (script.isPlain()) {
      fail("plain: " + what);
    } else {
      throw jvm.world()
          .fail(
              what
                  + " too early: script="
                  + script.number()
                  + " received="
                  + received
                  + " of "
                  + script.outputLength());
    }
  }

  private void broke(IOException failed) {
    fail(failed.getMessage());
  }

  private void fail(String message) {
    if (state != State.FAILED) {
      state = State.FAILED;
      failure = message;
      jvm.world().trace(jvm.name(), "failed: " + message, script.number(), received);
    }
  }

  private void writerDone() throws IOException {
    isWriterDone = true;
    finish();
  }

  private void readerDone() throws IOException {
    isReaderDone = true;
    finish();
  }

  private void finish() throws IOException {
    if (!isWriterDone || (isDuplex && !isReaderDone) || state != State.TALKING) {
      return;
    }
    if (script.end() == Script.End.CLIENT_ABORTS) {
      socket.abort();
    } else {
      close();
    }
    state = State.DONE;
    jvm.world().trace(jvm.name(), "done", script.number(), received);
  }

  /** In one step as a channel that was never blocking nor registered; else in two. */
  private void close() throws IOException {
    if (jvm.world().chance(0.2)) {
      socket.close();
      return;
    }
    try {
      socket.beginClose();
    } catch (IOException e) {
      jvm.world().trace(jvm.name(), "shutdown of a lost connection", script.number(), received);
    }
    writer.later(selectsAfterNs(), socket::close);
  }

  /** A channel that is registered is closed by its selector, when that selects the next time. */
  private long selectsAfterNs() {
    if (jvm.world().chance(0.05)) {
      return jvm.world().between(0, 5_000_000_000L);
    }
    return jvm.world().chance(0.3) ? jvm.world().between(0, 40_000_000) : 0;
  }
}

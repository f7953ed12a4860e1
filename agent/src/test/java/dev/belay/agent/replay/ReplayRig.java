package dev.belay.agent.replay;

import dev.belay.agent.control.ControlLink;
import dev.belay.agent.control.Endpoint;
import dev.belay.agent.descriptor.Application;
import dev.belay.agent.descriptor.Background;
import dev.belay.agent.descriptor.LinkPair;
import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.descriptor.Sessions;
import dev.belay.agent.descriptor.Soon;
import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.report.SessionView;
import dev.belay.agent.session.Pump;
import dev.belay.agent.session.Session;
import dev.belay.agent.wire.Refusal;
import java.io.FileDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import sun.nio.ch.BelayNative;

/**
 * A replay between real sockets: a client's link with turn records on one side, a handler on its
 * doorbell on the other. The thread of the test is the client.
 */
final class ReplayRig implements AutoCloseable {
  private static final EventLoop LOOP = startLoop();

  /** The application's code for one connection; the rig closes the socket behind it. */
  interface Handler {
    void serve(Application socket) throws Exception;
  }

  private final Session session = Sessions.ofServer();
  private final Owner owner = new Owner();
  private volatile boolean mayDiverge;
  private final LinkPair pair;
  private final ClientLog log;
  private final Application socket;
  private final RawSocket bell;
  private final Background<?> handler;
  private final Replay replay;

  private static EventLoop startLoop() {
    try {
      EventLoop loop = new EventLoop("replay-test-loop");
      loop.start();
      return loop;
    } catch (IOException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  ReplayRig(LinkPair pair, Replay.Client client, long patienceMs, Handler code) throws Exception {
    this(pair, client, patienceMs, code, false);
  }

  /** The client is still with its server. */
  static ReplayRig prepared(LinkPair pair, long patienceMs, Handler code) throws Exception {
    return new ReplayRig(pair, new Replay.Client(0, 0, false, false), patienceMs, code, true);
  }

  private ReplayRig(
      LinkPair pair, Replay.Client client, long patienceMs, Handler code, boolean prepares)
      throws Exception {
    this.pair = pair;
    this.log = new ClientLog(pair);
    FileDescriptor listener = BelayNative.socket();
    BelayNative.bind(listener, InetAddress.getLoopbackAddress(), 0);
    BelayNative.listen(listener, 1);
    bell = RawSocket.open();
    bell.connect(BelayNative.localAddress(listener));
    FileDescriptor accepted = BelayNative.accept(listener, new InetSocketAddress[1]);
    BelayNative.close(listener);
    socket = Application.accepted(accepted, session, owner);
    owner.handles(socket);
    replay =
        new Replay(
            LOOP,
            socket.guarded(),
            pair.link(),
            bell,
            client,
            LoggedTurns.none(),
            patienceMs,
            owner.asOwner());
    if (prepares) {
      replay.prepare();
    }
    LOOP.execute(this::start);
    handler = Background.start("handler", () -> serve(code));
  }

  private void start() {
    try {
      replay.start();
    } catch (IOException e) {
      owner.outcome.completeExceptionally(e);
    }
  }

  private Void serve(Handler code) throws Exception {
    try (socket) {
      code.serve(socket);
    }
    return null;
  }

  // ---- the client ----

  /** The log that the client sends. */
  ClientLog log() {
    return log;
  }

  /** The operator has said that a different output may go on. */
  void allowDivergence() {
    mayDiverge = true;
  }

  /** The client has received so much meanwhile, from its server. */
  void clientReceived(Replay.Client has) {
    LOOP.execute(() -> replay.clientReceived(has.receivedPosition(), has.receivedChecksum()));
  }

  /** The client has left its server. */
  void switchTo(Replay.Client last) {
    LOOP.execute(() -> replay.switchTo(last));
  }

  LinkPair client() {
    return pair;
  }

  /** The client application ends its output there: the frame says so, and the link. */
  void endInput(long finalPosition) throws IOException {
    LOOP.execute(() -> owner.peerEnded(finalPosition, false));
    pair.peer().shutdownOutput();
  }

  // ---- what became of it ----

  /** "replayed", or the reason of a failure. */
  String outcome() throws Exception {
    return owner.outcome.get(15, TimeUnit.SECONDS);
  }

  /** Whether the replay came to an end at all. */
  boolean hasOutcomeWithin(long timeoutMs) throws Exception {
    try {
      owner.outcome.get(timeoutMs, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  String failureText() {
    return owner.failureText;
  }

  /** As the replay answers it on its loop. */
  boolean isStarved(long forMs) {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    LOOP.execute(() -> answer.complete(replay.isStarved(forMs)));
    return answer.join();
  }

  /** As the replay answers it on its loop. */
  boolean isAtRest(long forMs) {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    LOOP.execute(() -> answer.complete(replay.isAtRest(forMs)));
    return answer.join();
  }

  /** Keeps the loop from doing anything until the latch is down. */
  static void holdLoop(CountDownLatch until) {
    CountDownLatch isHeld = new CountDownLatch(1);
    LOOP.execute(
        () -> {
          isHeld.countDown();
          await(until);
        });
    await(isHeld);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What the handler threw, if it did. */
  void awaitHandler() throws Exception {
    handler.result();
  }

  boolean isOver() {
    return owner.isOver();
  }

  Session session() {
    return session;
  }

  /** As the replay answers it on its loop. */
  long comparedPosition() {
    CompletableFuture<Long> answer = new CompletableFuture<>();
    LOOP.execute(() -> answer.complete(replay.comparedPosition()));
    return answer.join();
  }

  long replayedBytes() {
    return replay.replayedBytes();
  }

  void cancel() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    LOOP.execute(
        () -> {
          replay.cancel();
          done.complete(null);
        });
    Soon.until("cancelled", done::isDone);
  }

  @Override
  public void close() throws Exception {
    cancel();
    socket.guarded().breakOff();
    LOOP.execute(() -> LOOP.close(pair.link()));
    pair.peer().close();
  }

  /** The session's end on the server, as far as the replay concerns it. */
  private final class Owner extends Endpoint {
    private final CompletableFuture<String> outcome = new CompletableFuture<>();
    private volatile String failureText;

    Owner() {
      super(ReplayRig.this.session, LOOP);
    }

    void handles(Application application) {
      descriptor = application.guarded();
    }

    Replay.Owner asOwner() {
      return new Replay.Owner() {
        @Override
        public void replayed(Pump rest) {
          take(rest);
          outcome.complete("replayed");
        }

        @Override
        public boolean mayContinue(DivergenceException divergence) {
          return mayDiverge;
        }

        @Override
        public void failed(Refusal reason, String cause) {
          failureText = cause;
          breakOff(cause);
          outcome.complete(reason.name());
        }
      };
    }

    private void take(Pump rest) {
      try {
        adopt(pair.link(), rest);
      } catch (IOException e) {
        outcome.completeExceptionally(e);
      }
    }

    @Override
    public SessionView view() {
      throw new UnsupportedOperationException();
    }

    @Override
    protected ControlLink control() {
      return null;
    }

    @Override
    protected void lost(String cause) {
      failureText = cause;
    }

    @Override
    protected void forget() {
      replay.cancel();
      pair.link().reset();
    }
  }
}

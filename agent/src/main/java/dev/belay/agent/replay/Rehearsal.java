package dev.belay.agent.replay;

import dev.belay.agent.control.ControlLink;
import dev.belay.agent.control.Endpoint;
import dev.belay.agent.descriptor.GuardedDescriptor;
import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.report.SessionView;
import dev.belay.agent.session.Pump;
import dev.belay.agent.session.Session;
import dev.belay.agent.session.StreamChecksum;
import dev.belay.agent.wire.Refusal;
import dev.belay.agent.wire.TurnBatch;
import dev.belay.agent.wire.TurnHeader;
import dev.belay.replicator.log.SessionId;
import java.io.FileDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import sun.nio.ch.BelayHook;
import sun.nio.ch.BelayNative;

/**
 * A replay of nobody's session, so that the first true one does not find its classes unloaded, its
 * call sites unlinked and its code interpreted, which takes longer than the replay itself. The
 * client's log and the handler, an echo, are this thread's own; the rest is as in a takeover.
 *
 * <p>Invariant: whatever becomes of it, its sockets are closed and its memory is given back.
 */
public final class Rehearsal {
  private static final int TURNS = 500;
  private static final int TURN_BYTES = 16;
  private static final long PATIENCE_MS = 5_000;

  private final EventLoop loop;
  private final Session session;
  private final CountDownLatch isOver = new CountDownLatch(1);
  private volatile boolean isReplayed;

  public Rehearsal(EventLoop loop, Session.Environment environment) {
    this.loop = loop;
    this.session = Session.ofServer(new SessionId(0, 1), "rehearsal", 1, environment, null);
  }

  /**
   * Not for the loop.
   *
   * @return whether the replay came to its end
   */
  public boolean run() throws IOException, InterruptedException {
    Pair link = Pair.open();
    Pair doorbell = Pair.open();
    Nobody end = new Nobody(link.connected);
    GuardedDescriptor handler = new GuardedDescriptor(doorbell.accepted, session, end);
    try {
      end.guard(handler);
      handler.useOwnLink();
      BelayNative.write(link.accepted, log());
      Replay replay = replay(doorbell.connected, handler, end);
      loop.execute(() -> start(replay));
      serve(doorbell.accepted, handler);
      boolean isInTime = isOver.await(PATIENCE_MS, TimeUnit.MILLISECONDS);
      loop.execute(() -> finish(replay, end));
      return isInTime && isReplayed;
    } finally {
      handler.released(doorbell.accepted);
      BelayNative.close(doorbell.accepted);
      BelayNative.close(link.accepted);
    }
  }

  private Replay replay(RawSocket bell, GuardedDescriptor handler, Nobody end) {
    Replay.Client has =
        new Replay.Client(TURNS * TURN_BYTES, checksumOf(TURNS * TURN_BYTES), false, false);
    return new Replay(loop, handler, end.link, bell, has, LoggedTurns.none(), PATIENCE_MS, end);
  }

  private void start(Replay replay) {
    try {
      replay.start();
    } catch (IOException e) {
      isOver.countDown();
    }
  }

  private void finish(Replay replay, Nobody end) {
    replay.cancel();
    end.leave();
  }

  /** Each turn was written when all before had been answered. */
  private static ByteBuffer log() {
    int bytes = TURNS * (TurnHeader.HEADER_BYTES + TURN_BYTES) + TurnHeader.HEADER_BYTES;
    ByteBuffer log = ByteBuffer.allocate(TurnBatch.HEADER_BYTES + bytes).putInt(bytes);
    for (int turn = 0; turn < TURNS; turn++) {
      new TurnHeader(TURN_BYTES, (long) turn * TURN_BYTES).encode(log);
      log.put(new byte[TURN_BYTES]);
    }
    new TurnHeader(0, TURNS * TURN_BYTES).encode(log);
    return log.flip();
  }

  private static int checksumOf(int zeros) {
    StreamChecksum checksum = new StreamChecksum();
    checksum.update(new byte[zeros], 0, zeros);
    return checksum.value();
  }

  private static void serve(FileDescriptor socket, GuardedDescriptor hook) {
    try {
      echo(socket, hook);
    } catch (IOException e) {
      return; // the doorbell was taken away with a reset
    }
  }

  /**
   * The handler: ends when it has answered all, or its doorbell is taken away. It asks its hook
   * itself: its descriptor is unknown to the seam.
   */
  private static void echo(FileDescriptor socket, GuardedDescriptor hook) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocateDirect(TURN_BYTES);
    long address = BelayNative.address(bytes);
    int echoed = 0;
    while (echoed < TURNS * TURN_BYTES && hook.beginRead() == BelayHook.GO) {
      int n = hook.endRead(address, BelayNative.read(socket, bytes.clear()));
      if (n <= 0 || hook.beginWrite() != BelayHook.GO) {
        return;
      }
      echoed += hook.endWrite(address, BelayNative.write(socket, bytes.flip()));
    }
  }

  /** The session's end here: takes the link as one would, and has no peer. Loop thread. */
  private final class Nobody extends Endpoint implements Replay.Owner {
    private final RawSocket link;

    Nobody(RawSocket link) {
      super(Rehearsal.this.session, Rehearsal.this.loop);
      this.link = link;
    }

    void guard(GuardedDescriptor of) {
      descriptor = of;
    }

    void leave() {
      loop.close(link);
      over();
    }

    @Override
    public void replayed(Pump rest) {
      try {
        adopt(link, rest);
        isReplayed = true;
      } catch (IOException e) {
        isReplayed = false;
      }
      isOver.countDown();
    }

    @Override
    public boolean mayContinue(DivergenceException divergence) {
      return false;
    }

    @Override
    public void failed(Refusal reason, String cause) {
      isOver.countDown();
    }

    @Override
    protected void lost(String cause) {}

    @Override
    protected void forget() {}

    @Override
    protected ControlLink control() {
      return null;
    }

    @Override
    public SessionView view() {
      throw new UnsupportedOperationException("nobody's session");
    }
  }

  /**
   * A connection of this JVM with itself.
   *
   * @param connected not blocking, as the agent's sockets are
   * @param accepted blocking
   */
  private record Pair(RawSocket connected, FileDescriptor accepted) {
    static Pair open() throws IOException {
      FileDescriptor listener = BelayNative.socket();
      RawSocket connected = RawSocket.open();
      try {
        BelayNative.bind(listener, InetAddress.getLoopbackAddress(), 0);
        BelayNative.listen(listener, 1);
        connected.connect(BelayNative.localAddress(listener));
        return new Pair(connected, BelayNative.accept(listener, new InetSocketAddress[1]));
      } catch (IOException e) {
        connected.close();
        throw e;
      } finally {
        BelayNative.close(listener);
      }
    }
  }
}

package dev.belay.agent.takeover;

import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.loop.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * One attempt at an application's own port, without a byte of ours.
 *
 * <p>Invariant: ends in exactly one call of the listener; the socket is unwatched then, and closed
 * unless it is handed over. Loop thread.
 */
final class PlainAttempt {
  interface Listener {
    /** The socket is the listener's. */
    void connected(RawSocket socket);

    /**
     * @param cause null when nobody answered in time
     */
    void failed(IOException cause);

    /** Nobody has answered for the patience: whether to go on for as long again. */
    boolean isPatient();
  }

  private final EventLoop loop;
  private final RawSocket socket;
  private final Listener listener;
  private EventLoop.Timer deadline;

  PlainAttempt(EventLoop loop, RawSocket socket, Listener listener) {
    this.loop = loop;
    this.socket = socket;
    this.listener = listener;
  }

  void begin(InetSocketAddress address, long patienceMs) {
    await(patienceMs);
    try {
      if (socket.connect(address)) {
        succeed();
      } else {
        loop.watch(socket, EventLoop.WRITE, events -> ready());
      }
    } catch (IOException e) {
      fail(e);
    }
  }

  private void await(long patienceMs) {
    deadline =
        loop.after(
            patienceMs,
            () -> {
              if (listener.isPatient()) {
                await(patienceMs);
              } else {
                fail(null);
              }
            });
  }

  private void ready() {
    try {
      if (socket.isConnected()) {
        loop.unwatch(socket);
        succeed();
      }
    } catch (IOException e) {
      fail(e);
    }
  }

  private void succeed() {
    deadline.cancel();
    listener.connected(socket);
  }

  private void fail(IOException cause) {
    deadline.cancel();
    loop.close(socket);
    listener.failed(cause);
  }
}

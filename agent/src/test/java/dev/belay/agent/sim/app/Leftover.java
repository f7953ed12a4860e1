package dev.belay.agent.sim.app;

import dev.belay.agent.sim.kernel.AppThread;
import dev.belay.agent.sim.kernel.Jvm;
import dev.belay.agent.sim.kernel.Memory;
import dev.belay.agent.sim.kernel.WovenSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * A program that connects, says something and is gone without a word: its connection may wait in
 * the backlog of a listener as if it lived, while somebody else has its port.
 */
public final class Leftover {
  private static final long MOST_LIFE_NS = 50_000_000;

  private final AppThread thread;
  private final Script script;
  private final InetSocketAddress to;
  private final int port;
  private final ByteBuffer out;
  private WovenSocket socket;

  /**
   * @param jvm one that loses resets
   * @param port from which it connects, if that is to be had
   */
  public Leftover(Jvm jvm, Script script, InetSocketAddress to, int port) {
    this.thread = new AppThread(jvm, "leftover-" + script.number());
    this.script = script;
    this.to = to;
    this.port = port;
    this.out = Memory.lend();
  }

  public void start(long delayNs) {
    thread.later(delayNs, this::connect);
  }

  private void connect() throws IOException {
    socket = WovenSocket.open(thread.jvm());
    socket.configureBlocking(false);
    if (socket.bind(port)) {
      socket.connect(thread, to, (n, refused) -> connected(refused));
    } else {
      socket.close();
    }
  }

  private void connected(IOException refused) throws IOException {
    if (refused != null) {
      socket.close();
      return;
    }
    int some = (int) thread.world().between(1, script.length());
    out.clear().put(script.input(), 0, Math.min(some, Memory.BUFFER_BYTES)).flip();
    socket.write(thread, out, (n, failed) -> vanishLater());
  }

  private void vanishLater() {
    thread.later(thread.world().between(0, MOST_LIFE_NS), socket::abort);
  }
}

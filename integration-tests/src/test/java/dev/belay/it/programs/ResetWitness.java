package dev.belay.it.programs;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Waits in every kind of call for the end of its connection to a {@link MuteServer}, and prints
 * what it was told: {@code connect=host:port}.
 *
 * <p>One line {@code WAITING kind} when a call is about to block, one {@code WITNESS kind
 * exception} when it has ended, and {@code AGAIN kind exception} for the next call after some.
 */
public final class ResetWitness {
  private static final int CHUNK_BYTES = 64 << 10;

  /** Being selected is a hint only: it may come without a byte, but not for so long. */
  private static final long MAX_HINTS_MS = 15_000;

  private static final int RESELECT_MS = 50;
  private static final int HINT_PAUSE_MS = 2;

  private final InetSocketAddress server;

  private ResetWitness(InetSocketAddress server) {
    this.server = server;
  }

  /** Waits until all have been told. */
  public static void main(String[] args) {
    ResetWitness witness = new ResetWitness(Load.of(Options.of(args)).server());
    witness.start("socket-read", witness::socketRead);
    witness.start("socket-read-timed", witness::timedSocketRead);
    witness.start("socket-write", witness::socketWrite);
    witness.start("channel-read", witness::channelRead);
    witness.start("selector-read", witness::selectorRead);
    witness.start("asynchronous-read", witness::asynchronousRead);
  }

  private void start(String kind, Witness witness) {
    Runnable work =
        () -> {
          try {
            witness.run(kind);
          } catch (Exception e) {
            System.out.println("BROKEN " + kind + " " + e);
          }
        };
    new Thread(work, kind).start();
  }

  private void socketRead(String kind) throws Exception {
    try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
      InputStream in = socket.getInputStream();
      in.read();
      tellTwice(kind, in::read);
    }
  }

  private void timedSocketRead(String kind) throws Exception {
    try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
      socket.setSoTimeout(60_000);
      InputStream in = socket.getInputStream();
      in.read();
      tellTwice(kind, in::read);
    }
  }

  private void socketWrite(String kind) throws Exception {
    try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
      socket.getInputStream().read();
      OutputStream out = socket.getOutputStream();
      tell(kind, () -> writeUntilFailure(out));
    }
  }

  private static Object writeUntilFailure(OutputStream out) throws IOException {
    for (int chunks = 0; chunks < 100_000; chunks++) {
      out.write(new byte[CHUNK_BYTES]);
    }
    return "no failure";
  }

  private void channelRead(String kind) throws Exception {
    try (SocketChannel channel = SocketChannel.open(server)) {
      channel.read(ByteBuffer.allocate(1));
      tellTwice(kind, () -> channel.read(ByteBuffer.allocate(1)));
    }
  }

  private void selectorRead(String kind) throws Exception {
    try (SocketChannel channel = SocketChannel.open(server);
        Selector selector = Selector.open()) {
      channel.read(ByteBuffer.allocate(1));
      channel.configureBlocking(false).register(selector, SelectionKey.OP_READ);
      tell(kind, () -> selectAndRead(selector, channel));
    }
  }

  private static Object selectAndRead(Selector selector, SocketChannel channel) throws Exception {
    selector.select();
    int n = channel.read(ByteBuffer.allocate(1));
    long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MAX_HINTS_MS);
    while (n == 0 && System.nanoTime() - deadlineNs < 0) {
      Thread.sleep(HINT_PAUSE_MS);
      selector.selectedKeys().clear();
      selector.select(RESELECT_MS);
      n = channel.read(ByteBuffer.allocate(1));
    }
    return n;
  }

  private void asynchronousRead(String kind) throws Exception {
    try (AsynchronousSocketChannel channel = AsynchronousSocketChannel.open()) {
      channel.connect(server).get();
      channel.read(ByteBuffer.allocate(1)).get();
      tell(kind, () -> channel.read(ByteBuffer.allocate(1)).get());
    }
  }

  private static void tell(String kind, Callable<?> call) {
    System.out.println("WAITING " + kind);
    System.out.println("WITNESS " + kind + " " + outcome(call));
  }

  /** The JDK itself remembers a reset of these. */
  private static void tellTwice(String kind, Callable<?> call) {
    tell(kind, call);
    System.out.println("AGAIN " + kind + " " + outcome(call));
  }

  private static Object outcome(Callable<?> call) {
    try {
      return call.call();
    } catch (ExecutionException e) {
      return e.getCause();
    } catch (Exception e) {
      return e;
    }
  }

  /** One way to wait. */
  private interface Witness {
    void run(String kind) throws Exception;
  }
}

package dev.belay.benchmarks.traffic;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sessions that send a small message each, wait for all answers, pause, and begin again, while
 * somebody kills their server: the longest wait of each session is its stall.
 */
final class Watch implements Runnable {
  private static final int MESSAGE_BYTES = 16;
  private static final int WARM_UP_TURNS = 20;
  private static final int JOIN_MS = 60_000;

  private final long pauseUs;
  private final ByteBuffer bytes = ByteBuffer.allocateDirect(MESSAGE_BYTES);
  private final Thread thread = new Thread(this, "watch");
  private final CountDownLatch warm = new CountDownLatch(1);
  private SocketChannel[] channels;
  private long[] longestNs;
  private long messages;
  private volatile boolean isEnding;
  private volatile IOException failure;

  Watch(long pauseUs) {
    this.pauseUs = pauseUs;
  }

  /** Opens the sessions and gives each its history; their local ports. */
  String begin(InetSocketAddress server, int sessions, long historyBytes)
      throws IOException, InterruptedException {
    channels = new SocketChannel[sessions];
    longestNs = new long[sessions];
    StringBuilder ports = new StringBuilder();
    for (int i = 0; i < sessions; i++) {
      channels[i] = SocketChannel.open(server);
      channels[i].setOption(StandardSocketOptions.TCP_NODELAY, true);
      giveHistory(channels[i], historyBytes);
      ports.append(channels[i].socket().getLocalPort()).append(' ');
    }
    thread.setDaemon(true);
    thread.start();
    if (!warm.await(JOIN_MS, TimeUnit.MILLISECONDS)) {
      throw new IOException("sessions do not get warm");
    }
    return ports.toString().trim();
  }

  private static void giveHistory(SocketChannel channel, long historyBytes) throws IOException {
    channel.write(new Exchange(Exchange.Kind.ECHO, MESSAGE_BYTES, historyBytes).encode());
    ByteBuffer chunk = ByteBuffer.allocateDirect(64 << 10);
    for (long left = historyBytes; left > 0; left -= chunk.limit()) {
      chunk.clear().limit((int) Math.min(left, chunk.capacity()));
      while (chunk.hasRemaining()) {
        channel.write(chunk);
      }
    }
    if (historyBytes > 0 && channel.read(ByteBuffer.allocate(1)) < 0) {
      throw new EOFException();
    }
  }

  @Override
  public void run() {
    try (Selector selector = Selector.open()) {
      for (int i = 0; i < channels.length; i++) {
        channels[i].configureBlocking(false);
        channels[i].register(selector, SelectionKey.OP_READ, i);
      }
      for (int turn = 0; !isEnding; turn++) {
        if (turn == WARM_UP_TURNS) {
          warm.countDown(); // not before: a kill during the first turns would not be seen
        }
        turn(selector, turn >= WARM_UP_TURNS);
        LockSupport.parkNanos(pauseUs * 1_000);
      }
      for (SocketChannel channel : channels) {
        channel.close();
      }
    } catch (IOException e) {
      failure = e;
    }
  }

  private void turn(Selector selector, boolean counts) throws IOException {
    long beganNs = System.nanoTime();
    for (SocketChannel channel : channels) {
      bytes.clear();
      while (bytes.hasRemaining()) { // waits here, too, while the session has no link
        if (channel.write(bytes) == 0) {
          awaitRoom(channel);
        }
      }
    }
    for (int left = channels.length * MESSAGE_BYTES; left > 0; ) {
      selector.select();
      long waitedNs = System.nanoTime() - beganNs;
      for (SelectionKey key : selector.selectedKeys()) {
        left -= receive(key, counts ? waitedNs : 0);
      }
      selector.selectedKeys().clear();
    }
    messages += counts ? channels.length : 0;
  }

  private static void awaitRoom(SocketChannel channel) throws IOException {
    try (Selector room = Selector.open()) {
      channel.register(room, SelectionKey.OP_WRITE);
      room.select();
    }
  }

  private int receive(SelectionKey key, long waitedNs) throws IOException {
    bytes.clear();
    int n = ((SocketChannel) key.channel()).read(bytes);
    if (n < 0) {
      throw new EOFException();
    }
    int session = (Integer) key.attachment();
    longestNs[session] = Math.max(longestNs[session], waitedNs);
    return n;
  }

  /** Ends it; the sessions' longest waits: p50, max, and how many messages came back. */
  String end() throws IOException, InterruptedException {
    isEnding = true;
    thread.join(JOIN_MS);
    if (failure != null) {
      throw failure;
    }
    if (thread.isAlive()) {
      throw new IOException("a session waits for its answer");
    }
    Times times = new Times(longestNs.length);
    for (long ns : longestNs) {
      times.add(ns);
    }
    return times.at(0.5) + " " + times.at(1) + " " + messages;
  }
}

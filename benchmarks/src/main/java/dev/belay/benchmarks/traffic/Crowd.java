package dev.belay.benchmarks.traffic;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Many connections and one selector; each sends its next message when the last is back. */
final class Crowd implements Closeable {
  private static final int MAX_TIMES = 1 << 20;

  private final List<SocketChannel> channels = new ArrayList<>();
  private ByteBuffer message = ByteBuffer.allocateDirect(1);

  /** Opens so many more, each answered once, so that the server has accepted them all. */
  void open(InetSocketAddress server, int count, int bytes) throws IOException {
    message = ByteBuffer.allocateDirect(bytes);
    for (int i = 0; i < count; i++) {
      SocketChannel channel = SocketChannel.open(server);
      channels.add(channel);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.write(new Exchange(Exchange.Kind.ECHO, bytes, 0).encode());
      channel.write(message.clear());
      receiveWhole(channel);
    }
  }

  private void receiveWhole(SocketChannel channel) throws IOException {
    message.clear();
    while (message.hasRemaining()) {
      if (channel.read(message) < 0) {
        throw new EOFException();
      }
    }
  }

  /** For so long; messages per second, p50 and p99 of a message's way in nanoseconds. */
  String converse(long ms) throws IOException {
    Times times = new Times(MAX_TIMES);
    long count = 0;
    try (Selector selector = Selector.open()) {
      for (SocketChannel channel : channels) {
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, new Turn(message.capacity()));
      }
      long beganNs = System.nanoTime();
      long endNs = beganNs + ms * 1_000_000;
      for (SelectionKey key : selector.keys()) {
        ((Turn) key.attachment()).send((SocketChannel) key.channel(), System.nanoTime());
      }
      long nowNs = beganNs;
      while (nowNs < endNs) {
        selector.select();
        nowNs = System.nanoTime();
        for (SelectionKey key : selector.selectedKeys()) {
          Turn turn = (Turn) key.attachment();
          if (turn.receive((SocketChannel) key.channel())) {
            times.add(nowNs - turn.sentNs);
            count++;
            turn.send((SocketChannel) key.channel(), System.nanoTime());
          }
        }
        selector.selectedKeys().clear();
      }
      return count * 1e9 / (nowNs - beganNs) + " " + times.at(0.5) + " " + times.at(0.99);
    }
  }

  @Override
  public void close() throws IOException {
    for (SocketChannel channel : channels) {
      channel.close();
    }
    channels.clear();
  }

  /** One connection's message under way. */
  private static final class Turn {
    private final ByteBuffer bytes;
    private long sentNs;

    Turn(int length) {
      bytes = ByteBuffer.allocateDirect(length);
    }

    void send(SocketChannel channel, long nowNs) throws IOException {
      sentNs = nowNs;
      bytes.clear();
      while (bytes.hasRemaining()) { // one message fits into the kernel's buffer
        channel.write(bytes);
      }
      bytes.clear();
    }

    boolean receive(SocketChannel channel) throws IOException {
      if (channel.read(bytes) < 0) {
        throw new EOFException();
      }
      return !bytes.hasRemaining();
    }
  }
}

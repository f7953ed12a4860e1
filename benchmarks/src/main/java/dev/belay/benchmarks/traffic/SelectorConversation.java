package dev.belay.benchmarks.traffic;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * One connection of the selector server. Bytes lie in the server's one buffer while they are not
 * kept from turn to turn. The selector's thread.
 */
final class SelectorConversation {
  private final ByteBuffer head = ByteBuffer.allocate(Exchange.BYTES);
  private Exchange exchange;
  private ByteBuffer message;
  private long left;
  private boolean isInHistory;
  private boolean isWriting;

  /** Whether it waits for room. */
  boolean isWriting() {
    return isWriting;
  }

  /** Goes on; false when the connection is to be closed. */
  boolean ready(SocketChannel channel, ByteBuffer shared) throws IOException {
    if (exchange == null && !readHead(channel)) {
      return channel.isOpen();
    }
    return switch (exchange.kind()) {
      case DOWN -> send(channel, shared);
      case UP -> receive(channel, shared);
      case ECHO -> isInHistory ? receive(channel, shared) : echo(channel);
    };
  }

  private boolean readHead(SocketChannel channel) throws IOException {
    if (channel.read(head) < 0) {
      channel.close();
    }
    if (head.hasRemaining()) {
      return false;
    }
    exchange = Exchange.decode(head.flip());
    left = exchange.totalBytes();
    isWriting = exchange.kind() == Exchange.Kind.DOWN;
    isInHistory = exchange.kind() == Exchange.Kind.ECHO && left > 0;
    return true;
  }

  private boolean send(SocketChannel channel, ByteBuffer shared) throws IOException {
    while (left > 0) {
      shared.clear().limit((int) Math.min(left, exchange.sizeBytes()));
      int n = channel.write(shared);
      left -= n;
      if (shared.hasRemaining()) {
        return true;
      }
    }
    return false;
  }

  private boolean receive(SocketChannel channel, ByteBuffer shared) throws IOException {
    shared.clear().limit((int) Math.min(left, 64 << 10));
    int n = channel.read(shared);
    left -= Math.max(0, n);
    if (left == 0) {
      channel.write(ByteBuffer.wrap(new byte[] {1}));
      left = exchange.totalBytes();
      isInHistory = false;
    }
    return n >= 0;
  }

  private boolean echo(SocketChannel channel) throws IOException {
    if (message == null) {
      message = ByteBuffer.allocateDirect(exchange.sizeBytes());
    }
    if (!isWriting) {
      if (channel.read(message) < 0) {
        return false;
      }
      if (message.hasRemaining()) {
        return true;
      }
      message.flip();
    }
    channel.write(message);
    isWriting = message.hasRemaining();
    if (!isWriting) {
      message.clear();
    }
    return true;
  }
}

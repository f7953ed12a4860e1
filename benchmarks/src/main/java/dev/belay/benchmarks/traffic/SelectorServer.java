package dev.belay.benchmarks.traffic;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Iterator;

/** One thread and one selector for all connections. */
final class SelectorServer implements Runnable {
  private final ServerSocketChannel listening;
  private final ByteBuffer shared = ByteBuffer.allocateDirect(Exchange.MAX_SIZE_BYTES);

  SelectorServer(ServerSocketChannel listening) {
    this.listening = listening;
  }

  @Override
  public void run() {
    try (Selector selector = Selector.open()) {
      listening.configureBlocking(false);
      listening.register(selector, SelectionKey.OP_ACCEPT);
      while (true) {
        selector.select();
        Iterator<SelectionKey> keys = selector.selectedKeys().iterator();
        while (keys.hasNext()) {
          ready(selector, keys.next());
          keys.remove();
        }
      }
    } catch (IOException e) {
      System.err.println("selector: " + e);
    }
  }

  private void ready(Selector selector, SelectionKey key) throws IOException {
    if (key.isAcceptable()) {
      accept(selector);
      return;
    }
    try {
      SelectorConversation conversation = (SelectorConversation) key.attachment();
      if (!conversation.ready((SocketChannel) key.channel(), shared)) {
        key.channel().close();
        return;
      }
      key.interestOps(conversation.isWriting() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    } catch (IOException e) {
      System.err.println("connection: " + e);
      key.channel().close();
    }
  }

  private void accept(Selector selector) throws IOException {
    for (SocketChannel one = listening.accept(); one != null; one = listening.accept()) {
      one.configureBlocking(false);
      one.socket().setTcpNoDelay(true);
      one.register(selector, SelectionKey.OP_READ, new SelectorConversation());
    }
  }
}

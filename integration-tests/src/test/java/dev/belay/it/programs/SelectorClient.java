package dev.belay.it.programs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Iterator;
import java.util.List;

/** One thread and one selector for all connections. */
final class SelectorClient {
  private static final int BUFFER_BYTES = 32 << 10;
  private static final int SELECT_TIMEOUT_MS = 50;

  private final Selector selector;
  private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final byte[] bytes = new byte[BUFFER_BYTES];

  private SelectorClient(Selector selector) {
    this.selector = selector;
  }

  static void begin(List<Conversation> conversations) throws IOException {
    SelectorClient client = new SelectorClient(Selector.open());
    for (Conversation conversation : conversations) {
      client.connect(conversation);
    }
    new Thread(client::run, "selector-client").start();
  }

  private void connect(Conversation conversation) throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.configureBlocking(false);
    boolean isConnected = channel.connect(conversation.load().server());
    Connection connection = new Connection(channel, conversation);
    int ops = isConnected ? connection.interestOps() : SelectionKey.OP_CONNECT;
    channel.register(selector, ops, connection);
  }

  private void run() {
    try (selector) {
      while (!selector.keys().isEmpty()) {
        selector.select(SELECT_TIMEOUT_MS);
        serveSelected();
        selector.keys().forEach(SelectorClient::noticeEndOfRequests);
      }
    } catch (IOException e) {
      System.out.println("selector failed: " + e);
    }
  }

  private void serveSelected() {
    Iterator<SelectionKey> keys = selector.selectedKeys().iterator();
    while (keys.hasNext()) {
      SelectionKey key = keys.next();
      keys.remove();
      Connection connection = (Connection) key.attachment();
      try {
        connection.serve(key, readBuffer, bytes);
      } catch (IOException | RuntimeException e) {
        connection.end(e);
      }
    }
  }

  /** The word that all is sent comes from outside: nothing selects it. */
  private static void noticeEndOfRequests(SelectionKey key) {
    Connection connection = (Connection) key.attachment();
    if (key.isValid() && connection.isToBeShutDown()) {
      key.interestOpsOr(SelectionKey.OP_WRITE);
    }
  }

  /** One channel; used by the selector's thread only. */
  private static final class Connection {
    private final SocketChannel channel;
    private final Conversation conversation;
    private final Outbox outbox = new Outbox();
    private boolean isShutDown;

    Connection(SocketChannel channel, Conversation conversation) {
      this.channel = channel;
      this.conversation = conversation;
    }

    void serve(SelectionKey key, ByteBuffer buffer, byte[] bytes) throws IOException {
      if (key.isConnectable()) {
        channel.finishConnect();
        noteAddresses();
      } else if (key.isReadable() && !read(buffer, bytes)) {
        return;
      }
      write();
      key.interestOps(interestOps());
    }

    boolean isToBeShutDown() {
      return !isShutDown && channel.isConnected() && conversation.isAllSent();
    }

    int interestOps() {
      return SelectionKey.OP_READ | (outbox.isEmpty() ? 0 : SelectionKey.OP_WRITE);
    }

    void end(Exception cause) {
      conversation.failed(cause);
      try {
        channel.close();
      } catch (IOException e) {
        System.out.println("cannot close: " + e);
      }
    }

    private boolean read(ByteBuffer buffer, byte[] bytes) throws IOException {
      int n = channel.read(buffer.clear());
      if (n < 0) {
        noteAddresses();
        conversation.inputEnded();
        channel.close();
        return false;
      }
      buffer.flip().get(bytes, 0, n);
      conversation.received(bytes, 0, n);
      return true;
    }

    private void write() throws IOException {
      fillOutbox();
      outbox.writeTo(channel);
      if (outbox.isEmpty() && isToBeShutDown()) {
        channel.shutdownOutput();
        isShutDown = true;
      }
    }

    private void fillOutbox() {
      while (!outbox.isFull() && !conversation.isAllSent()) {
        byte[] request = conversation.pollRequest();
        if (request == null) {
          return;
        }
        outbox.add(request);
      }
    }

    private void noteAddresses() throws IOException {
      conversation.addresses(channel.getLocalAddress(), channel.getRemoteAddress());
    }
  }
}

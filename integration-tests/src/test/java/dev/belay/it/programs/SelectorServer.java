package dev.belay.it.programs;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Iterator;

/** One thread, one selector, non-blocking channels. */
final class SelectorServer {
  private static final int BACKLOG = 512;
  private static final int BUFFER_BYTES = 32 << 10;

  private final Connections connections;
  private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final byte[] bytes = new byte[BUFFER_BYTES];

  SelectorServer(Connections connections) {
    this.connections = connections;
  }

  void serve(InetSocketAddress address) throws IOException {
    try (Selector selector = Selector.open();
        ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(address, BACKLOG).configureBlocking(false);
      listener.register(selector, SelectionKey.OP_ACCEPT);
      Connections.ready(listener.getLocalAddress());
      while (listener.isOpen()) {
        selector.select();
        serveSelected(selector);
      }
    }
  }

  private void serveSelected(Selector selector) throws IOException {
    Iterator<SelectionKey> keys = selector.selectedKeys().iterator();
    while (keys.hasNext()) {
      SelectionKey key = keys.next();
      keys.remove();
      if (key.channel() instanceof ServerSocketChannel listener) {
        accept(listener, selector);
      } else {
        serve(key);
      }
    }
  }

  private void accept(ServerSocketChannel listener, Selector selector) throws IOException {
    SocketChannel first = listener.accept();
    if (first == null) {
      System.out.println("NOTHING ACCEPTED"); // though the selector has told of a connection
    }
    for (SocketChannel channel = first; channel != null; channel = listener.accept()) {
      channel.configureBlocking(false);
      connections.keep(channel);
      Handler handler = connections.accepted(channel.getRemoteAddress());
      Connection connection = new Connection(channel, handler);
      connection.outbox.add(handler.greeting());
      channel.register(selector, connection.interestOps(), connection);
    }
  }

  private void serve(SelectionKey key) {
    Connection connection = (Connection) key.attachment();
    try {
      if (key.isReadable()) {
        read(connection);
      }
      connection.outbox.writeTo(connection.channel);
      if (connection.isDone()) {
        end(connection, "eof");
      } else {
        key.interestOps(connection.interestOps());
      }
    } catch (IOException | RuntimeException e) {
      end(connection, e.toString());
    }
  }

  private void read(Connection connection) throws IOException {
    int n = connection.channel.read(readBuffer.clear());
    if (n < 0) {
      connection.isInputEnded = true;
      return;
    }
    readBuffer.flip().get(bytes, 0, n);
    connection.outbox.add(connection.handler.take(bytes, 0, n));
  }

  private void end(Connection connection, String cause) {
    try {
      connection.channel.close();
    } catch (IOException e) {
      System.out.println("cannot close: " + e);
    }
    connections.ended(connection.handler, cause);
  }

  /** One accepted channel; used by the selector's thread only. */
  private static final class Connection {
    private final SocketChannel channel;
    private final Handler handler;
    private final Outbox outbox = new Outbox();
    private boolean isInputEnded;

    Connection(SocketChannel channel, Handler handler) {
      this.channel = channel;
      this.handler = handler;
    }

    boolean isDone() {
      return isInputEnded && outbox.isEmpty();
    }

    int interestOps() {
      int read = isInputEnded || outbox.isFull() ? 0 : SelectionKey.OP_READ;
      return read | (outbox.isEmpty() ? 0 : SelectionKey.OP_WRITE);
    }
  }
}

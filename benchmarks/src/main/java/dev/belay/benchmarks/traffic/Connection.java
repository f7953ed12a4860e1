package dev.belay.benchmarks.traffic;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** A client's connection, with a blocking socket or with a channel and a selector. One thread. */
interface Connection extends Closeable {
  /** Most bytes of one read of a bulk. */
  int READ_BYTES = 64 << 10;

  /** Sends so many bytes. */
  void send(int bytes) throws IOException;

  /** Sends what an exchange begins with. */
  void begin(Exchange exchange) throws IOException;

  /** Waits for so many bytes. */
  void receive(int bytes) throws IOException;

  /** Reads what is there, at least one byte; -1 at the end. */
  int receiveSome() throws IOException;

  /** Connects. */
  static Connection to(InetSocketAddress server, boolean isBlocking) throws IOException {
    return isBlocking ? new Blocking(server) : new Selecting(server);
  }

  /** The classic. */
  final class Blocking implements Connection {
    private final Socket socket = new Socket();
    private byte[] buffer = new byte[1];
    private final InputStream in;
    private final OutputStream out;

    Blocking(InetSocketAddress server) throws IOException {
      socket.connect(server);
      socket.setTcpNoDelay(true);
      in = socket.getInputStream();
      out = socket.getOutputStream();
    }

    @Override
    public void begin(Exchange exchange) throws IOException {
      out.write(exchange.encode().array());
    }

    @Override
    public void send(int bytes) throws IOException {
      out.write(roomFor(bytes), 0, bytes);
    }

    @Override
    public void receive(int bytes) throws IOException {
      if (in.readNBytes(roomFor(bytes), 0, bytes) < bytes) {
        throw new EOFException();
      }
    }

    @Override
    public int receiveSome() throws IOException {
      return in.read(roomFor(READ_BYTES), 0, READ_BYTES);
    }

    /** No more than is needed: a short connection is to cost what it costs. */
    private byte[] roomFor(int bytes) {
      if (buffer.length < bytes) {
        buffer = new byte[bytes];
      }
      return buffer;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /** Never blocks but in select. */
  final class Selecting implements Connection {
    private ByteBuffer buffer = ByteBuffer.allocateDirect(1);
    private final Selector selector = Selector.open();
    private final SocketChannel channel;
    private final SelectionKey key;

    Selecting(InetSocketAddress server) throws IOException {
      channel = SocketChannel.open(server);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      key = channel.register(selector, 0);
    }

    @Override
    public void begin(Exchange exchange) throws IOException {
      send(exchange.encode());
    }

    @Override
    public void send(int bytes) throws IOException {
      send(roomFor(bytes));
    }

    private void send(ByteBuffer bytes) throws IOException {
      channel.write(bytes);
      while (bytes.hasRemaining()) {
        await(SelectionKey.OP_WRITE);
        channel.write(bytes);
      }
    }

    @Override
    public void receive(int bytes) throws IOException {
      ByteBuffer into = roomFor(bytes);
      while (into.hasRemaining()) {
        await(SelectionKey.OP_READ);
        if (channel.read(into) < 0) {
          throw new EOFException();
        }
      }
    }

    @Override
    public int receiveSome() throws IOException {
      await(SelectionKey.OP_READ);
      return channel.read(roomFor(READ_BYTES));
    }

    private ByteBuffer roomFor(int bytes) {
      if (buffer.capacity() < bytes) {
        buffer = ByteBuffer.allocateDirect(bytes);
      }
      return buffer.clear().limit(bytes);
    }

    private void await(int operation) throws IOException {
      key.interestOps(operation);
      selector.select();
      selector.selectedKeys().clear();
    }

    @Override
    public void close() throws IOException {
      channel.close();
      selector.close();
    }
  }
}

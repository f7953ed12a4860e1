package dev.belay.it.programs;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntConsumer;

/** {@code AsynchronousServerSocketChannel} with completion handlers. */
final class AsynchronousServer {
  private static final int BACKLOG = 512;
  private static final int BUFFER_BYTES = 16 << 10;

  private final Connections connections;

  AsynchronousServer(Connections connections) {
    this.connections = connections;
  }

  void serve(InetSocketAddress address) throws IOException {
    try (var listener = AsynchronousServerSocketChannel.open()) {
      listener.bind(address, BACKLOG);
      Connections.ready(listener.getLocalAddress());
      CountDownLatch refused = new CountDownLatch(1);
      accept(listener, refused);
      refused.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void accept(AsynchronousServerSocketChannel listener, CountDownLatch refused) {
    listener.accept(
        null,
        new CompletionHandler<AsynchronousSocketChannel, Void>() {
          @Override
          public void completed(AsynchronousSocketChannel channel, Void attachment) {
            accept(listener, refused);
            begin(channel);
          }

          @Override
          public void failed(Throwable cause, Void attachment) {
            System.out.println("cannot accept: " + cause);
            refused.countDown();
          }
        });
  }

  private void begin(AsynchronousSocketChannel channel) {
    try {
      Handler handler = connections.accepted(channel.getRemoteAddress());
      new Connection(channel, handler).send(handler.greeting());
    } catch (IOException e) {
      System.out.println("gone before it was served: " + e);
    }
  }

  /** One accepted channel: reads, then writes all of the reply, then reads again. */
  private final class Connection {
    private final AsynchronousSocketChannel channel;
    private final Handler handler;
    private final ByteBuffer in = ByteBuffer.allocate(BUFFER_BYTES);

    Connection(AsynchronousSocketChannel channel, Handler handler) {
      this.channel = channel;
      this.handler = handler;
    }

    void send(byte[] reply) {
      if (reply.length == 0) {
        channel.read(in.clear(), null, new Continuation(this::wasRead));
      } else {
        write(ByteBuffer.wrap(reply));
      }
    }

    private void write(ByteBuffer out) {
      channel.write(out, null, new Continuation(n -> wasWritten(out)));
    }

    private void wasWritten(ByteBuffer out) {
      if (out.hasRemaining()) {
        write(out);
      } else {
        send(new byte[0]);
      }
    }

    private void wasRead(int n) {
      if (n < 0) {
        end("eof");
      } else {
        send(handler.take(in.array(), 0, n));
      }
    }

    private void end(String cause) {
      try {
        channel.close();
      } catch (IOException e) {
        System.out.println("cannot close: " + e);
      }
      connections.ended(handler, cause);
    }

    /** What follows an operation; a failure of either ends the connection. */
    private final class Continuation implements CompletionHandler<Integer, Void> {
      private final IntConsumer next;

      Continuation(IntConsumer next) {
        this.next = next;
      }

      @Override
      public void completed(Integer n, Void attachment) {
        try {
          next.accept(n);
        } catch (RuntimeException e) {
          end(e.toString());
        }
      }

      @Override
      public void failed(Throwable cause, Void attachment) {
        end(cause.toString());
      }
    }
  }
}

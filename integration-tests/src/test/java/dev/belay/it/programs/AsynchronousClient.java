package dev.belay.it.programs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * {@code AsynchronousSocketChannel} with completion handlers: a loop of reads, and a loop of writes
 * that a read starts again when it has made room in the window.
 */
final class AsynchronousClient {
  private static final int BUFFER_BYTES = 32 << 10;

  private final AsynchronousSocketChannel channel;
  private final Conversation conversation;
  private final ByteBuffer in = ByteBuffer.allocate(BUFFER_BYTES);
  private final AtomicBoolean isWriting = new AtomicBoolean(true);
  private volatile boolean isShutDown;

  private AsynchronousClient(AsynchronousSocketChannel channel, Conversation conversation) {
    this.channel = channel;
    this.conversation = conversation;
  }

  static void begin(List<Conversation> conversations) throws IOException {
    for (Conversation conversation : conversations) {
      var channel = AsynchronousSocketChannel.open();
      var client = new AsynchronousClient(channel, conversation);
      channel.connect(conversation.load().server(), null, client.then(x -> client.connected()));
    }
  }

  private void connected() throws IOException {
    noteAddresses();
    read();
    writeNext();
  }

  private void read() {
    channel.read(in.clear(), null, then(this::wasRead));
  }

  private void wasRead(Integer n) throws IOException {
    if (n < 0) {
      noteAddresses();
      conversation.inputEnded();
      channel.close();
      return;
    }
    conversation.received(in.array(), 0, n);
    startWriting();
    read();
  }

  private void startWriting() throws IOException {
    if (!isShutDown && isWriting.compareAndSet(false, true)) {
      writeNext();
    }
  }

  private void writeNext() throws IOException {
    if (conversation.isAllSent()) {
      isShutDown = true;
      channel.shutdownOutput();
      return;
    }
    byte[] request = conversation.pollRequest();
    if (request != null) {
      write(ByteBuffer.wrap(request));
    } else {
      isWriting.set(false);
      restartIfMissed();
    }
  }

  /** A read may have made room after the last look and before the loop was off. */
  private void restartIfMissed() throws IOException {
    if (conversation.hasRoom()) {
      startWriting();
    }
  }

  private void write(ByteBuffer out) {
    channel.write(out, null, then(n -> wasWritten(out)));
  }

  private void wasWritten(ByteBuffer out) throws IOException {
    if (out.hasRemaining()) {
      write(out);
    } else {
      writeNext();
    }
  }

  private void noteAddresses() throws IOException {
    conversation.addresses(channel.getLocalAddress(), channel.getRemoteAddress());
  }

  private void failed(Throwable cause) {
    conversation.failed(cause);
    try {
      channel.close();
    } catch (IOException e) {
      System.out.println("cannot close: " + e);
    }
  }

  private <T> CompletionHandler<T, Void> then(Step<T> next) {
    return new CompletionHandler<>() {
      @Override
      public void completed(T result, Void attachment) {
        try {
          next.take(result);
        } catch (IOException | RuntimeException e) {
          AsynchronousClient.this.failed(e);
        }
      }

      @Override
      public void failed(Throwable cause, Void attachment) {
        AsynchronousClient.this.failed(cause);
      }
    };
  }

  /** What follows an operation. */
  private interface Step<T> {
    void take(T result) throws IOException;
  }
}

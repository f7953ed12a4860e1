package dev.belay.it.transparency;

import static dev.belay.it.transparency.Scenario.async;

import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** {@link AsynchronousSocketChannel}. */
final class AsyncScenarios {
  private static final int BULK_BYTES = 900_000;

  private AsyncScenarios() {}

  static List<Scenario<?>> all() {
    return List.of(
        async("readAndWrite", AsyncScenarios::readAndWrite),
        async("scatterGather", AsyncScenarios::scatterGather),
        async("timeout", AsyncScenarios::timeout),
        async("writeTimeout", AsyncScenarios::writeTimeout),
        async("closeWhilePending", AsyncScenarios::closeWhilePending),
        async("pending", AsyncScenarios::pending),
        async("cancel", AsyncScenarios::cancel),
        async("halfClose", AsyncScenarios::halfClose),
        async("peerResets", AsyncScenarios::peerResets),
        async("echo", AsyncScenarios::echo));
  }

  static int get(Future<Integer> future) throws Exception {
    return future.get(5, TimeUnit.SECONDS);
  }

  /** A handler that completes its future. */
  static final class Completion<N> extends CompletableFuture<N>
      implements CompletionHandler<N, Void> {
    @Override
    public void completed(N count, Void attachment) {
      complete(count);
    }

    @Override
    public void failed(Throwable failure, Void attachment) {
      completeExceptionally(failure);
    }

    N outcome() throws InterruptedException, ExecutionException {
      try {
        return get(5, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        throw new IllegalStateException("still pending", e);
      }
    }
  }

  static Completion<Integer> read(
      AsynchronousSocketChannel channel, ByteBuffer into, int timeoutMs) {
    Completion<Integer> completion = new Completion<>();
    channel.read(into, timeoutMs, TimeUnit.MILLISECONDS, null, completion);
    return completion;
  }

  private static byte[] readAll(AsynchronousSocketChannel channel, int length) throws Exception {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining() && read(channel, buffer, 0).outcome() >= 0) {
      // Until it is full or the stream has ended.
    }
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  private static String writeAll(AsynchronousSocketChannel channel, int length) throws Exception {
    ByteBuffer buffer = ByteBuffer.wrap(Stream.bytes(length));
    while (buffer.hasRemaining()) {
      Completion<Integer> completion = new Completion<>();
      channel.write(buffer, null, completion);
      completion.outcome();
    }
    return "done";
  }

  private static void readAndWrite(AsynchronousSocketChannel channel, Notes notes)
      throws Exception {
    ByteBuffer buffer = ByteBuffer.allocate(50);
    Completion<Integer> early = read(channel, buffer, 0);
    Ask.via(channel, "send 5");
    notes.attempt("read", early::outcome);
    Ask.via(channel, "send 7");
    notes.attempt("read", () -> readAll(channel, 7));
    Ask.via(channel, "swallow 40");
    notes.attempt("write", () -> get(channel.write(ByteBuffer.wrap(Stream.bytes(40)))));
    notes.attempt("read of nothing", () -> get(channel.read(ByteBuffer.allocate(0))));
    Ask.via(channel, "close");
    notes.attempt("end", () -> get(channel.read(buffer)));
    notes.attempt("end again", () -> get(channel.read(buffer)));
    notes.attempt("open", channel::isOpen);
  }

  private static void scatterGather(AsynchronousSocketChannel channel, Notes notes)
      throws Exception {
    ByteBuffer[] out = {ByteBuffer.wrap(Stream.bytes(10)), ByteBuffer.wrap(Stream.bytes(90))};
    Ask.via(channel, "echo 100");
    Completion<Long> written = new Completion<>();
    channel.write(out, 0, 2, 2, TimeUnit.SECONDS, null, written);
    notes.attempt("gather", written::outcome);
    ByteBuffer[] in = {ByteBuffer.allocate(60), ByteBuffer.allocate(40)};
    while (in[1].hasRemaining()) {
      Completion<Long> count = new Completion<>();
      channel.read(in, 0, 2, 2, TimeUnit.SECONDS, null, count);
      if (count.outcome() < 0) {
        break;
      }
    }
    notes.say("first", in[0].array());
    notes.say("second", in[1].array());
  }

  private static void timeout(AsynchronousSocketChannel channel, Notes notes) throws Exception {
    ByteBuffer buffer = ByteBuffer.allocate(10);
    notes.attemptFor(80, "read", () -> read(channel, buffer, 80).outcome());
    notes.attempt("read after a time-out", () -> get(channel.read(buffer)));
    notes.attempt("open", channel::isOpen);
    Ask.via(channel, "swallow 3");
    notes.attempt("write", () -> writeAll(channel, 3));
  }

  private static void writeTimeout(AsynchronousSocketChannel channel, Notes notes)
      throws Exception {
    Ask.via(channel, "sink");
    notes.attempt("write", () -> writeUntilTimeout(channel));
    notes.attempt("write after a time-out", () -> get(channel.write(ByteBuffer.allocate(1))));
  }

  private static String writeUntilTimeout(AsynchronousSocketChannel channel) throws Exception {
    for (int i = 0; i < 400; i++) {
      Completion<Integer> completion = new Completion<>();
      channel.write(ByteBuffer.allocate(200_000), 150, TimeUnit.MILLISECONDS, null, completion);
      completion.outcome();
    }
    return "all written";
  }

  private static void closeWhilePending(AsynchronousSocketChannel channel, Notes notes)
      throws Exception {
    Completion<Integer> pending = read(channel, ByteBuffer.allocate(1), 0);
    channel.close();
    notes.attempt("pending read", pending::outcome);
    notes.attempt("read", () -> get(channel.read(ByteBuffer.allocate(1))));
    notes.attempt("write", () -> get(channel.write(ByteBuffer.allocate(1))));
  }

  private static void pending(AsynchronousSocketChannel channel, Notes notes) throws Exception {
    Completion<Integer> pending = read(channel, ByteBuffer.allocate(1), 0);
    notes.attempt("second read", () -> get(channel.read(ByteBuffer.allocate(1))));
    channel.shutdownInput();
    notes.attempt("pending read", pending::outcome);
  }

  private static void cancel(AsynchronousSocketChannel channel, Notes notes) throws Exception {
    Future<Integer> pending = channel.read(ByteBuffer.allocate(1));
    notes.attempt("cancel", () -> pending.cancel(false));
    notes.attempt("cancelled", pending::get);
    notes.attempt("read", () -> get(channel.read(ByteBuffer.allocate(1))));
    Ask.via(channel, "swallow 3");
    notes.attempt("write", () -> writeAll(channel, 3));
  }

  private static void halfClose(AsynchronousSocketChannel channel, Notes notes) throws Exception {
    Ask.via(channel, "drainsend 5");
    channel.shutdownOutput();
    notes.attempt("write", () -> get(channel.write(ByteBuffer.allocate(1))));
    notes.attempt("read", () -> readAll(channel, 6));
    notes.attempt("end", () -> get(channel.read(ByteBuffer.allocate(1))));
  }

  private static void peerResets(AsynchronousSocketChannel channel, Notes notes) throws Exception {
    Completion<Integer> pending = read(channel, ByteBuffer.allocate(1), 0);
    Ask.via(channel, "reset");
    notes.attempt("pending read", pending::outcome);
    notes.attempt("open", channel::isOpen);
  }

  private static void echo(AsynchronousSocketChannel channel, Notes notes) throws Exception {
    Ask.via(channel, "echo " + BULK_BYTES);
    Blocked writer = Blocked.in(() -> writeAll(channel, BULK_BYTES));
    notes.attempt("echo", () -> readAll(channel, BULK_BYTES));
    notes.say("writer", writer.outcome());
  }
}

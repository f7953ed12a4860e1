package dev.belay.it.transparency;

import static dev.belay.it.transparency.Scenario.channel;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;

/** {@link SocketChannel} in blocking mode, and its {@code socket()} adaptor. */
final class ChannelScenarios {
  private ChannelScenarios() {}

  static List<Scenario<?>> all() {
    return List.of(
        channel("readAndWrite", ChannelScenarios::readAndWrite),
        channel("scatterGather", ChannelScenarios::scatterGather),
        channel("halfClose", ChannelScenarios::halfClose),
        channel("asyncClose", ChannelScenarios::asyncClose),
        channel("interruptOfReader", ChannelScenarios::interruptOfReader),
        channel("interruptOfWriter", ChannelScenarios::interruptOfWriter),
        channel("interruptedBefore", ChannelScenarios::interruptedBefore),
        channel("shutdownInputWhileBlocked", ChannelScenarios::shutdownInputWhileBlocked),
        channel("peerResets", ChannelScenarios::peerResets),
        channel("linger0", ChannelScenarios::linger0),
        channel("nonBlocking", ChannelScenarios::nonBlocking),
        channel("adaptor", ChannelScenarios::adaptor),
        channel("adaptorAsyncClose", ChannelScenarios::adaptorAsyncClose),
        channel("adaptorNonBlocking", ChannelScenarios::adaptorNonBlocking));
  }

  static byte[] read(SocketChannel channel, ByteBuffer into) throws IOException {
    while (into.hasRemaining() && channel.read(into) >= 0) {
      // Until it is full or the stream has ended.
    }
    into.flip();
    byte[] bytes = new byte[into.remaining()];
    into.get(bytes);
    return bytes;
  }

  private static void readAndWrite(SocketChannel channel, Notes notes) throws IOException {
    Ask.via(channel, "send 1000");
    notes.attempt("heap", () -> read(channel, ByteBuffer.allocate(400)));
    notes.attempt("direct", () -> read(channel, ByteBuffer.allocateDirect(600)));
    Ask.via(channel, "swallow 5000");
    notes.attempt("write", () -> channel.write(ByteBuffer.wrap(Stream.bytes(5000))));
    notes.attempt("write of nothing", () -> channel.write(ByteBuffer.allocate(0)));
    notes.attempt("read of nothing", () -> channel.read(ByteBuffer.allocate(0)));
    Ask.via(channel, "close");
    notes.attempt("end", () -> channel.read(ByteBuffer.allocate(1)));
    notes.attempt("end again", () -> channel.read(ByteBuffer.allocate(1)));
    notes.attempt("open, connected", () -> channel.isOpen() + " " + channel.isConnected());
  }

  private static void scatterGather(SocketChannel channel, Notes notes) throws IOException {
    ByteBuffer[] out = {
      ByteBuffer.wrap(Stream.bytes(10)),
      ByteBuffer.allocate(0),
      ByteBuffer.allocateDirect(3000).put(Stream.bytes(3000)).flip(),
      ByteBuffer.wrap(Stream.bytes(500))
    };
    Ask.via(channel, "echo 3510");
    notes.attempt("gather", () -> channel.write(out));
    ByteBuffer[] in = {ByteBuffer.allocateDirect(11), ByteBuffer.allocate(3499)};
    while (in[1].hasRemaining() && channel.read(in) >= 0) {
      // Until both are full.
    }
    notes.say("first", read(channel, in[0]));
    notes.say("second", read(channel, in[1]));
    notes.attempt("offset out of bounds", () -> channel.write(out, 3, 2));
    Ask.via(channel, "swallow 10");
    out[0].rewind();
    notes.attempt("part", () -> channel.write(out, 0, 1));
  }

  private static void halfClose(SocketChannel channel, Notes notes) throws IOException {
    Ask.via(channel, "drainsend 6");
    channel.shutdownOutput();
    notes.attempt("write", () -> channel.write(ByteBuffer.allocate(1)));
    notes.attempt("read", () -> read(channel, ByteBuffer.allocate(10)));
    channel.shutdownInput();
    notes.attempt("read", () -> channel.read(ByteBuffer.allocate(1)));
    notes.attempt("open", channel::isOpen);
  }

  private static Blocked reader(SocketChannel channel) {
    return Blocked.in(() -> channel.read(ByteBuffer.allocate(10))).awaitBlocked();
  }

  private static String close(SocketChannel channel) throws IOException {
    channel.close();
    return "done";
  }

  private static void asyncClose(SocketChannel channel, Notes notes) throws IOException {
    Blocked reader = reader(channel);
    notes.attemptFor(0, "close", () -> close(channel));
    notes.say("blocked read", reader.outcome());
    notes.attempt("read", () -> channel.read(ByteBuffer.allocate(1)));
    notes.attempt("write", () -> channel.write(ByteBuffer.allocate(1)));
  }

  private static void interruptOfReader(SocketChannel channel, Notes notes) throws IOException {
    Blocked reader = reader(channel);
    reader.thread().interrupt();
    notes.say("blocked read", reader.outcome());
    notes.attempt("open", channel::isOpen);
  }

  private static void interruptOfWriter(SocketChannel channel, Notes notes) throws IOException {
    Ask.via(channel, "sink");
    Blocked writer = Blocked.in(() -> writeOn(channel)).awaitBlocked();
    writer.thread().interrupt();
    notes.say("blocked write", writer.outcome());
    notes.attempt("open", channel::isOpen);
  }

  private static String writeOn(SocketChannel channel) throws IOException {
    for (int i = 0; i < 400; i++) {
      channel.write(ByteBuffer.allocate(100_000));
    }
    return "all written";
  }

  private static void interruptedBefore(SocketChannel channel, Notes notes) throws IOException {
    Blocked reader =
        Blocked.in(
            () -> {
              Thread.currentThread().interrupt();
              return channel.read(ByteBuffer.allocate(10));
            });
    notes.say("read", reader.outcome());
    notes.attempt("open", channel::isOpen);
  }

  private static void shutdownInputWhileBlocked(SocketChannel channel, Notes notes)
      throws IOException {
    Blocked reader = reader(channel);
    channel.shutdownInput();
    notes.say("blocked read", reader.outcome());
    Ask.via(channel, "swallow 2");
    notes.attempt("write", () -> channel.write(ByteBuffer.wrap(Stream.bytes(2))));
  }

  private static void peerResets(SocketChannel channel, Notes notes) throws IOException {
    Ask.via(channel, "pause 50");
    Ask.via(channel, "reset");
    notes.attempt("read", () -> channel.read(ByteBuffer.allocate(1)));
    notes.attempt("read again", () -> channel.read(ByteBuffer.allocate(1)));
    notes.attempt("open", channel::isOpen);
  }

  private static void linger0(SocketChannel channel, Notes notes) throws IOException {
    Ask.via(channel, "send 1");
    notes.attempt("read", () -> channel.read(ByteBuffer.allocate(1)));
    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    channel.close();
  }

  private static void nonBlocking(SocketChannel channel, Notes notes) throws Exception {
    channel.configureBlocking(false);
    ByteBuffer buffer = ByteBuffer.allocate(100);
    notes.attempt("read", () -> channel.read(buffer));
    Ask.via(channel, "send 5");
    notes.say("arrives", Waits.until(() -> channel.read(buffer) >= 0 && buffer.position() == 5));
    notes.attempt("read", () -> channel.read(buffer));
    notes.attempt("scatter", () -> channel.read(new ByteBuffer[] {buffer}));
    Ask.via(channel, "half");
    notes.say("ends", Waits.until(() -> channel.read(buffer) < 0));
    channel.configureBlocking(true);
    notes.attempt("read", () -> channel.read(buffer));
  }

  private static void adaptor(SocketChannel channel, Notes notes) throws Exception {
    Socket socket = channel.socket();
    InputStream in = socket.getInputStream();
    socket.setSoTimeout(70);
    notes.attemptFor(70, "read", in::read);
    notes.attemptFor(70, "read again", () -> in.read(new byte[5]));
    Ask.via(socket, "send 5");
    notes.say("arrive", Waits.until(() -> in.available() == 5));
    notes.attempt("read", () -> Stream.read(in, 5));
    notes.attemptFor(70, "read with nothing left", in::read);
    notes.attempt("channel", () -> socket.getChannel() == channel);
    socket.setSoTimeout(3_000);
    Ask.via(socket, "half");
    notes.attempt("end", in::read);
    socket.close();
    notes.attempt("open", channel::isOpen);
    notes.attempt("read", in::read);
  }

  private static void adaptorAsyncClose(SocketChannel channel, Notes notes) throws IOException {
    Socket socket = channel.socket();
    socket.setSoTimeout(3_900);
    Blocked reader = Blocked.in(() -> socket.getInputStream().read()).awaitBlocked();
    notes.attemptFor(0, "close", () -> close(channel));
    notes.say("blocked read", reader.outcome());
  }

  private static void adaptorNonBlocking(SocketChannel channel, Notes notes) throws IOException {
    channel.configureBlocking(false);
    InputStream in = channel.socket().getInputStream();
    notes.attempt("read", in::read);
    channel.socket().setSoTimeout(50);
    notes.attempt("timed read", in::read);
  }
}

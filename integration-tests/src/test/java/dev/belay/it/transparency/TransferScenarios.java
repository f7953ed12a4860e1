package dev.belay.it.transparency;

import static dev.belay.it.transparency.Scenario.channel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** {@link FileChannel#transferTo} and {@link FileChannel#transferFrom} with a socket. */
final class TransferScenarios {
  private static final int FILE_BYTES = 700_000;

  private TransferScenarios() {}

  static List<Scenario<?>> all() {
    return List.of(
        channel("transferTo", TransferScenarios::transferTo),
        channel("transferToNonBlocking", TransferScenarios::transferToNonBlocking),
        channel("transferFrom", TransferScenarios::transferFrom),
        channel("transferToClosedPeer", TransferScenarios::transferToClosedPeer));
  }

  static FileChannel file() throws IOException {
    Path path = Files.createTempFile("transfer", ".bytes");
    FileChannel file =
        FileChannel.open(
            path,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
    file.write(ByteBuffer.wrap(Stream.bytes(FILE_BYTES)));
    return file;
  }

  private static void transferTo(SocketChannel channel, Notes notes) throws IOException {
    try (FileChannel file = file()) {
      Ask.via(channel, "swallow " + FILE_BYTES);
      notes.attempt("all", () -> transferAll(file, 0, FILE_BYTES, channel));
      notes.attempt("position of the file", file::position);
      Ask.via(channel, "swallow 1000");
      notes.attempt("part", () -> transferAll(file, 500, 1000, channel));
      notes.attempt("past the end", () -> file.transferTo(FILE_BYTES, 10, channel));
      Ask.via(channel, "send 3");
      notes.attempt("read", () -> ChannelScenarios.read(channel, ByteBuffer.allocate(3)));
    }
  }

  static long transferAll(FileChannel file, long from, int length, SocketChannel to)
      throws IOException {
    long done = 0;
    while (done < length) {
      done += file.transferTo(from + done, length - done, to);
    }
    return done;
  }

  private static void transferToNonBlocking(SocketChannel channel, Notes notes) throws IOException {
    try (FileChannel file = file()) {
      Ask.via(channel, "swallow " + FILE_BYTES);
      channel.configureBlocking(false);
      notes.attempt("all", () -> transferAll(file, 0, FILE_BYTES, channel));
    }
  }

  private static void transferFrom(SocketChannel channel, Notes notes) throws IOException {
    try (FileChannel file = file()) {
      Ask.via(channel, "send 50000");
      Ask.via(channel, "half");
      notes.attempt("all", () -> receiveAll(file, channel));
      ByteBuffer received = ByteBuffer.allocate(50_000);
      file.read(received, 0);
      notes.say("received", received.array());
      notes.attempt("at the end", () -> file.transferFrom(channel, 0, 10));
    }
  }

  private static long receiveAll(FileChannel file, SocketChannel from) throws IOException {
    long done = 0;
    for (long n = 1; n > 0; done += n) {
      n = file.transferFrom(from, done, 1 << 20);
    }
    return done;
  }

  private static void transferToClosedPeer(SocketChannel channel, Notes notes) throws Exception {
    try (FileChannel file = file()) {
      Ask.via(channel, "close");
      notes.attempt("end", () -> channel.read(ByteBuffer.allocate(1)));
      notes.attempt("transfer", () -> transferOn(file, channel));
    }
  }

  private static String transferOn(FileChannel file, SocketChannel channel) throws IOException {
    for (int i = 0; i < 400; i++) {
      file.transferTo(0, 1, channel);
      Waits.pause(2);
    }
    return "never fails";
  }
}

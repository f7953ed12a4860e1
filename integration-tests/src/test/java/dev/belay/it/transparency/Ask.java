package dev.belay.it.transparency;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Sends a command line to the {@link Partner} at the other end, on any kind of end. */
final class Ask {
  private Ask() {}

  static void via(Socket socket, String command) throws IOException {
    socket.getOutputStream().write(line(command));
  }

  static void via(SocketChannel channel, String command) throws IOException {
    ByteBuffer line = ByteBuffer.wrap(line(command));
    while (line.hasRemaining()) {
      channel.write(line);
    }
  }

  static void via(AsynchronousSocketChannel channel, String command) throws Exception {
    ByteBuffer line = ByteBuffer.wrap(line(command));
    while (line.hasRemaining()) {
      channel.write(line).get(4, TimeUnit.SECONDS);
    }
  }

  private static byte[] line(String command) {
    return (command + "\n").getBytes(StandardCharsets.US_ASCII);
  }
}

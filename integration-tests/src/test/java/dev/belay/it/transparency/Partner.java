package dev.belay.it.transparency;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * The other end of a scenario: does what the commands in its input say, and notes how they and the
 * stream ended.
 *
 * <p>A command is a line: a word and perhaps a number. Used by one thread.
 */
final class Partner {
  /** A second: a writer that loses its processor for less is not taken for one that is stuck. */
  private static final int CALM_ROUNDS = 200;

  private static final long CALM_PAUSE_MS = 5;

  private final Socket socket;
  private final Notes notes;
  private final InputStream in;
  private final OutputStream out;

  Partner(Socket socket, Notes notes) throws IOException {
    this.socket = socket;
    this.notes = notes;
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
  }

  /** Serves until the stream has ended, and closes the socket. */
  void serve() {
    try (socket) {
      String line = Stream.readLine(in);
      while (line != null) {
        obey(line);
        line = socket.isClosed() ? null : Stream.readLine(in);
      }
      notes.say("ended", socket.isClosed() ? "by command" : "end of stream");
    } catch (Exception e) {
      notes.say("ended", e);
    }
  }

  private void obey(String line) throws Exception {
    String[] words = line.split(" ", 2);
    int number = words.length > 1 ? Integer.parseInt(words[1]) : 0;
    switch (words[0]) {
      case "send" -> out.write(Stream.bytes(number));
      case "swallow" -> notes.say("swallowed", Stream.read(in, number));
      case "echo" -> echo(number);
      case "half" -> socket.shutdownOutput();
      case "close" -> socket.close();
      case "closeunread" -> closeUnread();
      case "reset" -> reset();
      case "drainsend" -> drainAndSend(number);
      case "pause" -> Waits.pause(number);
      case "sink" -> sink();
      case "whoami" -> out.write((whoAmI() + "\n").getBytes(StandardCharsets.US_ASCII));
      default -> throw new IllegalArgumentException("not a command: " + line);
    }
  }

  private void echo(int number) throws IOException {
    byte[] buffer = new byte[8192];
    for (int left = number; left > 0; ) {
      int n = in.read(buffer, 0, Math.min(left, buffer.length));
      if (n < 0) {
        throw new IOException("end of stream in echo");
      }
      out.write(buffer, 0, n);
      left -= n;
    }
  }

  private void closeUnread() throws Exception {
    notes.say("has unread bytes", Waits.until(() -> in.available() > 0));
    socket.close();
  }

  private void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  private void drainAndSend(int number) throws IOException {
    notes.say("drained", in.readAllBytes());
    out.write(Stream.bytes(number));
    socket.close();
  }

  /** Reads nothing until nothing more arrives, then all; how much depends on the kernel. */
  private void sink() throws IOException {
    int calm = 0;
    for (int last = 0; calm < CALM_ROUNDS; ) {
      int available = in.available();
      calm = available > 0 && available == last ? calm + 1 : 0;
      last = available;
      Waits.pause(CALM_PAUSE_MS);
    }
    byte[] buffer = new byte[1 << 16];
    while (in.read(buffer) >= 0) {
      // The count is the kernel's business.
    }
  }

  private String whoAmI() {
    return socket.getRemoteSocketAddress() + " " + socket.getLocalSocketAddress();
  }
}

package dev.belay.it.attach;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One connection of {@link SteadyClient}: sends messages drawn from a seed and compares what comes
 * back byte by byte.
 *
 * <p>Prints {@code at N ROUNDS} now and then, and one last line: {@code right N ROUNDS}, {@code
 * wrong N ROUNDS} or {@code failed N ROUNDS EXCEPTION}. One thread, but for {@link #end}.
 */
final class Conversation implements Runnable {
  private static final int LARGEST_MESSAGE = 600;
  private static final int ROUNDS_PER_LINE = 25;
  private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final int TIMEOUT_MS = 20_000;

  private final int number;
  private final int port;
  private final Random random;
  private long rounds;
  private volatile boolean isEnding;

  Conversation(int number, int port) {
    this.number = number;
    this.port = port;
    this.random = new Random(number);
  }

  /** Ends it in order after the present round. Any thread. */
  void end() {
    isEnding = true;
  }

  @Override
  public void run() {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (Socket socket = new Socket(loopback, port)) {
      socket.setSoTimeout(TIMEOUT_MS);
      say(converse(socket) ? "right" : "wrong", "");
    } catch (IOException e) {
      say("failed", " " + e);
    }
  }

  private boolean converse(Socket socket) throws IOException {
    var in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    byte[] echo = new byte[Long.BYTES + LARGEST_MESSAGE];
    while (!isEnding) {
      byte[] message = nextMessage();
      socket.getOutputStream().write(message);
      in.readFully(echo, 0, message.length);
      if (!Arrays.equals(message, 0, message.length, echo, 0, message.length)) {
        return false;
      }
      roundDone();
    }
    socket.shutdownOutput();
    return in.read() < 0;
  }

  private void roundDone() {
    rounds++;
    if (rounds % ROUNDS_PER_LINE == 0) {
      say("at", "");
    }
    LockSupport.parkNanos(PAUSE_NS);
  }

  private byte[] nextMessage() {
    byte[] message = new byte[Long.BYTES + random.nextInt(LARGEST_MESSAGE)];
    random.nextBytes(message);
    ByteBuffer.wrap(message).putLong(rounds);
    return message;
  }

  private void say(String word, String rest) {
    System.out.println(word + " " + number + " " + rounds + rest);
  }
}

package dev.belay.samples.telemetry;

import dev.belay.samples.program.Progress;
import dev.belay.samples.program.WrongDataException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;

/**
 * Client side of one connection: sends samples drawn from a seed, keeps a window of them in flight,
 * checks every acknowledgement, half-closes after the last and waits for the server's orderly end.
 * Used by the selector thread.
 */
final class SampleSender {

  private static final long SECOND_NS = 1_000_000_000L;
  private static final int BUFFER_BYTES = 16 * 1024;

  private final SocketChannel channel;
  private final Settings settings;
  private final Progress progress;
  private final Random random;
  private final ByteBuffer in = ByteBuffer.allocate(BUFFER_BYTES);
  private final ByteBuffer out = ByteBuffer.allocate(BUFFER_BYTES);
  private final RunningChecksum model = new RunningChecksum();
  private final Queue<byte[]> expectedAcks = new ArrayDeque<>();
  private long startNs;
  private long lastReadNs;
  private long sent;
  private boolean outputEnded;

  SampleSender(SocketChannel channel, Settings settings, int number, Progress progress) {
    this.channel = channel;
    this.settings = settings;
    this.progress = progress;
    this.random = new Random(settings.seed() + number);
  }

  /** Does what the channel is ready for; true when this connection has come to its right end. */
  boolean advance(SelectionKey key, long nowNs) throws IOException, WrongDataException {
    if (key.isConnectable()) {
      channel.finishConnect();
      connected(key, nowNs);
      return false;
    }
    if (key.isReadable() && hasEnded(nowNs)) {
      return true;
    }
    send(key, nowNs);
    return false;
  }

  /** The connection is there: sends the first samples. */
  void connected(SelectionKey key, long nowNs) throws IOException {
    startNs = nowNs;
    send(key, nowNs);
  }

  private boolean hasEnded(long nowNs) throws IOException, WrongDataException {
    int count = channel.read(in);
    if (count < 0) {
      requireComplete();
      return true;
    }
    progress.waited(expectedAcks.isEmpty() ? 0 : nowNs - lastReadNs);
    lastReadNs = nowNs;
    checkAcks();
    return false;
  }

  private void checkAcks() throws IOException, WrongDataException {
    in.flip();
    for (Optional<byte[]> ack = Frames.take(in); ack.isPresent(); ack = Frames.take(in)) {
      byte[] expected = expectedAcks.isEmpty() ? new byte[0] : expectedAcks.remove();
      WrongDataException.check("acknowledgement", text(expected), text(ack.get()));
      progress.advance(1);
    }
    in.compact();
  }

  /**
   * Sends the samples that are due and fit the window, and says what the channel waits for next.
   */
  void send(SelectionKey key, long nowNs) throws IOException {
    if (expectedAcks.isEmpty()) {
      lastReadNs = nowNs;
    }
    while (maySend(nowNs)) {
      byte[] sample = nextSample();
      Frames.put(out, sample);
      expectedAcks.add(model.acknowledge(sample));
      sent++;
    }
    write();
    if (sent == settings.messages() && out.position() == 0 && !outputEnded) {
      channel.shutdownOutput();
      outputEnded = true;
    }
    key.interestOps(SelectionKey.OP_READ | (out.position() > 0 ? SelectionKey.OP_WRITE : 0));
  }

  private void write() throws IOException {
    if (out.position() > 0) {
      out.flip();
      channel.write(out);
      out.compact();
    }
  }

  private boolean maySend(long nowNs) {
    long due =
        settings.rate() == 0
            ? Long.MAX_VALUE
            : 1 + Math.round((double) (nowNs - startNs) * settings.rate() / SECOND_NS);
    return sent < Math.min(settings.messages(), due)
        && expectedAcks.size() < settings.window()
        && out.remaining() >= Frames.MAX_FRAME_BYTES;
  }

  private byte[] nextSample() {
    byte[] measured = new byte[random.nextInt(settings.largestBytes() + 1)];
    random.nextBytes(measured);
    return ByteBuffer.allocate(Long.BYTES + measured.length).putLong(sent).put(measured).array();
  }

  private void requireComplete() throws EOFException {
    if (!outputEnded || !expectedAcks.isEmpty() || in.position() > 0) {
      throw new EOFException("stream ended with " + expectedAcks.size() + " samples unanswered");
    }
  }

  private static String text(byte[] ack) {
    if (ack.length != Frames.ACK_PAYLOAD_BYTES) {
      return ack.length + " bytes";
    }
    ByteBuffer fields = ByteBuffer.wrap(ack);
    return fields.getLong() + " " + Long.toHexString(fields.getLong());
  }

  /**
   * How to send.
   *
   * @param messages samples on each connection
   * @param window samples in flight
   * @param rate samples each second on each connection, 0 for as fast as possible
   * @param largestBytes most measured bytes in a sample
   * @param seed the first connection's; the others count up from it
   */
  record Settings(int messages, int window, long rate, int largestBytes, long seed) {}
}

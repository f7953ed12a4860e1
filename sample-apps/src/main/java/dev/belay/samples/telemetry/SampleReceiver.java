package dev.belay.samples.telemetry;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/**
 * Server side of one connection: samples in, acknowledgements out. Reads no more than it can
 * answer; closes when the client has half-closed and has got every answer. Used by the selector
 * thread.
 */
final class SampleReceiver {

  private static final int BUFFER_BYTES = 16 * 1024;

  private final SocketChannel channel;
  private final ByteBuffer in = ByteBuffer.allocate(BUFFER_BYTES);
  private final ByteBuffer out = ByteBuffer.allocate(BUFFER_BYTES);
  private final RunningChecksum checksum = new RunningChecksum();
  private boolean ended;

  SampleReceiver(SocketChannel channel) {
    this.channel = channel;
  }

  /** Does what the channel is ready for and says what it waits for next. */
  void advance(SelectionKey key) throws IOException {
    if (key.isReadable()) {
      ended = channel.read(in) < 0;
    }
    answer();
    if (ended && out.position() == 0) {
      requireNothingLeft();
      channel.close();
    } else {
      key.interestOps(interest());
    }
  }

  private void answer() throws IOException {
    boolean progressing = true;
    while (progressing) {
      int answered = acknowledgeWhatFits();
      progressing = write() && answered > 0;
    }
  }

  private int acknowledgeWhatFits() throws IOException {
    int answered = 0;
    in.flip();
    while (out.remaining() >= Frames.ACK_FRAME_BYTES) {
      Optional<byte[]> sample = Frames.take(in);
      if (sample.isEmpty()) {
        break;
      }
      Frames.put(out, checksum.acknowledge(sample.get()));
      answered++;
    }
    in.compact();
    return answered;
  }

  private boolean write() throws IOException {
    out.flip();
    channel.write(out);
    boolean all = !out.hasRemaining();
    out.compact();
    return all;
  }

  private int interest() {
    int reading = !ended && in.hasRemaining() ? SelectionKey.OP_READ : 0;
    int writing = out.position() > 0 ? SelectionKey.OP_WRITE : 0;
    return reading | writing;
  }

  private void requireNothingLeft() throws EOFException {
    if (in.position() > 0) {
      throw new EOFException("stream ended inside a frame");
    }
  }
}

package dev.belay.agent.door;

import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.wire.FrameFormatException;
import dev.belay.agent.wire.PrefaceHeader;
import dev.belay.agent.wire.PrefaceKind;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads the preface of one stranger at the door, not a byte more, within a limit of time.
 *
 * <p>Invariant: ends in exactly one of the listener's methods; the socket is unwatched then. Loop
 * thread.
 */
final class PrefaceReader {
  /** How long a stranger may take for its preface. */
  static final long DEADLINE_MS = 5000;

  interface Listener {
    void preface(RawSocket socket, PrefaceKind kind, byte[] whole) throws IOException;

    /** Garbage, too slow, or gone. The socket is still open. */
    void refused(PrefaceReader reader, RawSocket socket, String cause);
  }

  private final EventLoop loop;
  private final RawSocket socket;
  private final Listener listener;
  private final EventLoop.Timer deadline;
  private ByteBuffer buffer = ByteBuffer.allocate(PrefaceHeader.HEADER_BYTES);
  private PrefaceHeader header;
  private boolean isDone;

  PrefaceReader(EventLoop loop, RawSocket socket, Listener listener) throws IOException {
    this.loop = loop;
    this.socket = socket;
    this.listener = listener;
    loop.watch(socket, EventLoop.READ, events -> read());
    this.deadline = loop.after(DEADLINE_MS, () -> refuse("preface not complete in time"));
  }

  /** Takes what has come by now: with luck the whole preface, and no turn of the loop is lost. */
  void begin() throws IOException {
    read();
  }

  private void read() throws IOException {
    try {
      int n = socket.read(buffer);
      if (n == RawSocket.EOF) {
        refuse("end of stream after " + buffer.position() + " preface bytes");
      } else if (!buffer.hasRemaining()) {
        advance();
      }
    } catch (FrameFormatException e) {
      refuse(e.getMessage());
    } catch (IOException e) {
      refuse(String.valueOf(e.getMessage()));
    }
  }

  private void advance() throws IOException, FrameFormatException {
    if (header == null) {
      header = PrefaceHeader.decode(buffer.flip());
      byte[] whole = new byte[header.totalLength()];
      System.arraycopy(buffer.array(), 0, whole, 0, PrefaceHeader.HEADER_BYTES);
      buffer = ByteBuffer.wrap(whole);
      buffer.position(PrefaceHeader.HEADER_BYTES);
      read();
      return;
    }
    finish();
    listener.preface(socket, header.kind(), buffer.array());
  }

  /** Ends it from outside, to make room. */
  void refuse(String cause) {
    if (!isDone) {
      finish();
      listener.refused(this, socket, cause);
    }
  }

  private void finish() {
    isDone = true;
    deadline.cancel();
    loop.unwatch(socket);
  }

  boolean isDone() {
    return isDone;
  }
}

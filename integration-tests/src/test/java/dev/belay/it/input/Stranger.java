package dev.belay.it.input;

import dev.belay.it.rig.Ports;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;

/**
 * A connection to a door by somebody without an agent. Used by one thread.
 *
 * <p>A reset counts as the end of the door's answer: that is how it ends what it does not want.
 */
final class Stranger implements AutoCloseable {
  private static final int PATIENCE_MS = 10_000;

  private final Socket socket;
  private boolean isReset;

  private Stranger(Socket socket) {
    this.socket = socket;
  }

  /** Connects, says nothing. */
  static Stranger at(int door) {
    try {
      Socket socket = new Socket();
      socket.connect(Ports.loopback(door));
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MS);
      return new Stranger(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends bytes; if the door has closed meanwhile they are lost, as strangers' bytes are. */
  Stranger say(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      isReset = true;
    }
    return this;
  }

  /** Says that no more will come. */
  Stranger endOutput() {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      isReset = true;
    }
    return this;
  }

  /** The next so many bytes of the door's answer. */
  byte[] read(int count) {
    try {
      byte[] answer = socket.getInputStream().readNBytes(count);
      if (answer.length < count) {
        throw new AssertionError("the door said only " + answer.length + " of " + count + " bytes");
      }
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All that the door says until it closes the connection. */
  byte[] answer() {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    try {
      socket.getInputStream().transferTo(answer);
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the door keeps the connection open", e);
    } catch (IOException e) {
      isReset = true;
    }
    return answer.toByteArray();
  }

  /** Whether the door has closed or reset the connection; does not wait. */
  boolean isTurnedAway() {
    try {
      InputStream in = socket.getInputStream();
      socket.setSoTimeout(1);
      return isReset || in.read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /** As the door's log names it. */
  String address() {
    return "127.0.0.1:" + socket.getLocalPort();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

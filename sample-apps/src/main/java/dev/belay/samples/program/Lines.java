package dev.belay.samples.program;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads lines of UTF-8 that end with a single line feed. Unlike a {@link java.io.BufferedReader} it
 * takes no byte beyond the line from its stream, so that binary data may follow. Used by one
 * thread.
 */
public final class Lines {

  /** A longer line ends the connection. */
  public static final int MAX_LINE_BYTES = 64 * 1024;

  private final InputStream in;

  /** Lines of a stream, which should be buffered. */
  public Lines(InputStream in) {
    this.in = in;
  }

  /**
   * The next line without its line feed; empty at an orderly end of the stream.
   *
   * @throws IOException if the stream ends inside a line or the line is too long
   */
  public Optional<String> next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = in.read();
    if (next < 0) {
      return Optional.empty();
    }
    for (; next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("stream ended inside a line after " + line.size() + " bytes");
      }
      if (line.size() == MAX_LINE_BYTES) {
        throw new IOException("line longer than " + MAX_LINE_BYTES + " bytes");
      }
      line.write(next);
    }
    return Optional.of(line.toString(StandardCharsets.UTF_8));
  }

  /** The next line, which must be there. */
  public String require(String what) throws IOException {
    return next().orElseThrow(() -> new EOFException("stream ended before " + what));
  }

  /** A text with its line feed, as it goes over the wire. */
  public static byte[] encode(String line) {
    return (line + "\n").getBytes(StandardCharsets.UTF_8);
  }
}

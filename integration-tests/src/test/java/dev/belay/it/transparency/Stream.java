package dev.belay.it.transparency;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** The bytes that the ends send each other: a fixed pattern, so that a lost one shows. */
final class Stream {
  private Stream() {}

  static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 31 + (i >> 8) + 7);
    }
    return bytes;
  }

  /** Exactly so many bytes. */
  static byte[] read(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("after " + bytes.length);
    }
    return bytes;
  }

  /** The line up to the next newline; null at the end of the stream. */
  static String readLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        return line.length() == 0 ? null : line + " (cut off)";
      }
      line.append((char) c);
    }
    return line.toString();
  }
}

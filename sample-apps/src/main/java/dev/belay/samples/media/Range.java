package dev.belay.samples.media;

import java.io.IOException;

/** Part of a media's content. */
record Range(long offset, long length) {

  /** Stands for a length up to the end. */
  static final long TO_END = -1;

  /**
   * The same range with its real length.
   *
   * @throws IOException if it is not inside the content
   */
  Range within(long size) throws IOException {
    long realLength = length == TO_END ? size - offset : length;
    if (offset < 0 || realLength < 0 || offset > size - realLength) {
      throw new IOException(
          "no such range: offset=" + offset + " length=" + length + " size=" + size);
    }
    return new Range(offset, realLength);
  }
}

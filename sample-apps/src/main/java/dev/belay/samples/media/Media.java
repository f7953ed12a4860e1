package dev.belay.samples.media;

import java.io.IOException;
import java.io.OutputStream;

/** Content that can be streamed from any offset; the same range always has the same bytes. */
sealed interface Media permits MediaFile, GeneratedMedia {

  /** Number of bytes in all. */
  long size() throws IOException;

  /** Opens the bytes from an offset on; one reader for each stream. */
  Reader open(long offset) throws IOException;

  /** Reads one range of the content. Used by one thread. */
  interface Reader extends AutoCloseable {

    /** Fills the whole beginning of a chunk with the next bytes, which must exist. */
    void read(byte[] chunk, int length) throws IOException;

    @Override
    void close() throws IOException;
  }

  /** Copies one range of the content to a stream, chunk by chunk. */
  default void copy(Range range, OutputStream out, Chunks chunks) throws IOException {
    try (Reader reader = open(range.offset())) {
      byte[] chunk = new byte[chunks.size()];
      for (long left = range.length(); left > 0; ) {
        int length = (int) Math.min(left, chunk.length);
        chunks.pace().take(length);
        reader.read(chunk, length);
        out.write(chunk, 0, length);
        left -= length;
      }
    }
  }
}

package dev.belay.samples.program;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Tells a {@link Progress} how long each read had to wait for the peer. Used by one thread. */
public final class TimedInput extends FilterInputStream {

  private final Progress progress;

  /** Times the reads of a socket's stream; put buffers on top of it, not beneath. */
  public TimedInput(InputStream in, Progress progress) {
    super(in);
    this.progress = progress;
  }

  @Override
  public int read() throws IOException {
    long beginNs = System.nanoTime();
    int next = in.read();
    progress.waited(System.nanoTime() - beginNs);
    return next;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    long beginNs = System.nanoTime();
    int count = in.read(target, offset, length);
    progress.waited(System.nanoTime() - beginNs);
    return count;
  }
}

package dev.belay.agent.report;

import java.io.IOException;
import java.io.OutputStream;

/** Writes each line by one call, so that lines of several processes in one file stay whole too. */
final class StreamSink implements LogSink {

  private final OutputStream stream;

  StreamSink(OutputStream stream) {
    this.stream = stream;
  }

  @Override
  public void write(byte[] line) throws IOException {
    stream.write(line);
  }
}

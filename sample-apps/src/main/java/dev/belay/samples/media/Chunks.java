package dev.belay.samples.media;

import dev.belay.samples.program.Pace;

/** How a stream is cut: size of one read or write, and the pace in bytes. */
record Chunks(int size, Pace pace) {

  private static final int LARGEST = 64 * 1024;

  /** Even chunks for a rate in bytes each second, 0 for full speed. */
  static Chunks atRate(long bytesPerSecond) {
    Pace pace = new Pace(bytesPerSecond);
    return new Chunks(pace.chunk(LARGEST), pace);
  }
}

package dev.belay.samples.media;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that does not change while it is served. */
record MediaFile(Path path) implements Media {

  @Override
  public long size() throws IOException {
    return Files.size(path);
  }

  @Override
  public Reader open(long offset) throws IOException {
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "r");
    file.seek(offset);
    return new FileReader(file);
  }

  /** Reads the file's next bytes. Used by one thread. */
  private record FileReader(RandomAccessFile file) implements Reader {

    @Override
    public void read(byte[] chunk, int length) throws IOException {
      file.readFully(chunk, 0, length);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}

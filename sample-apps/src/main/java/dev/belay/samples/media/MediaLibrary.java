package dev.belay.samples.media;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a server can send: the one file it was given, under its file name, and everything generated.
 */
record MediaLibrary(Optional<Path> file) {

  /**
   * Finds a media by its name.
   *
   * @throws IOException if there is none
   */
  Media find(String name) throws IOException {
    if (name.startsWith(GeneratedMedia.PREFIX)) {
      return GeneratedMedia.named(name);
    }
    return file.filter(path -> path.endsWith(name))
        .map(MediaFile::new)
        .orElseThrow(() -> new IOException("no such media: " + name));
  }
}

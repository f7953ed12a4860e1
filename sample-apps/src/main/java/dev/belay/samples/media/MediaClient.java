package dev.belay.samples.media;

import dev.belay.samples.program.Arguments;
import dev.belay.samples.program.ClientProgram;
import dev.belay.samples.program.Connections;
import dev.belay.samples.program.Endpoint;
import dev.belay.samples.program.Progress;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;

/**
 * Reads a media stream and says how much came, its SHA-256 and the longest wait between two reads.
 * Generated media are checked byte by byte, files against {@code --sha256} if given.
 */
public final class MediaClient {

  private static final String USAGE =
      "usage: MediaClient [--host 127.0.0.1] [--port 7002] [--name generated:1:16777216] [--offset"
          + " 0] [--length -1]\n"
          + "  [--output PATH] [--sha256 HEX] [--rate BYTES_PER_SECOND] [--receive-buffer BYTES]"
          + " [--connections 1]\n"
          + "  [--seconds 0] [--timeout MS] [--progress]\n"
          + "length -1 is up to the end; without an output the bytes are discarded; each connection"
          + " is followed by\n"
          + "another one for so many seconds";

  private static final int MAX_SECONDS = 1_000_000;

  private MediaClient() {}

  /** Runs the client by hand. */
  public static void main(String[] args) {
    System.exit(run(System.out, args));
  }

  /** Runs the client inside this JVM; returns its exit status. */
  public static int run(PrintStream out, String... args) {
    return new ClientProgram(USAGE, MediaClient::download).run(out, args);
  }

  private static String download(Arguments arguments, PrintStream out) throws Exception {
    Endpoint server = Endpoint.from(arguments, MediaServer.DEFAULT_PORT);
    Download.Settings settings = Download.Settings.from(arguments);
    Optional<Path> output = arguments.text("output").map(Path::of);
    int connections =
        arguments.number("connections", 1, 1, output.isPresent() ? 1 : Connections.MAX);
    int seconds = arguments.number("seconds", 0, 0, MAX_SECONDS);
    Set<String> digests = new ConcurrentSkipListSet<>();
    try (Progress progress = Progress.start(arguments, out)) {
      arguments.rejectUnread();
      Connections.runAll(
          connections,
          number -> {
            long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            do {
              try (OutputStream target = open(output)) {
                digests.add(new Download(server, settings, progress).run(target));
              }
            } while (System.nanoTime() - untilNs < 0);
          });
      return "connections="
          + connections
          + " bytes="
          + progress.done()
          + " sha256="
          + String.join(",", digests)
          + " "
          + progress.times();
    }
  }

  private static OutputStream open(Optional<Path> output) throws IOException {
    return output.isPresent()
        ? Files.newOutputStream(output.get())
        : OutputStream.nullOutputStream();
  }
}

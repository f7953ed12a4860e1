package dev.belay.samples.media;

import dev.belay.samples.program.Arguments;
import dev.belay.samples.program.ClientProgram;
import dev.belay.samples.program.Connections;
import dev.belay.samples.program.Digests;
import dev.belay.samples.program.Endpoint;
import dev.belay.samples.program.Lines;
import dev.belay.samples.program.Progress;
import dev.belay.samples.program.TimedInput;
import dev.belay.samples.program.WrongDataException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.Socket;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;

/** Sends a media stream, half-closes, and checks the length and SHA-256 that the server answers. */
public final class UploadClient {

  private static final String USAGE =
      "usage: UploadClient [--host 127.0.0.1] [--port 7002] [--file PATH | --name"
          + " generated:1:16777216]\n"
          + "  [--rate BYTES_PER_SECOND] [--connections 1] [--timeout MS] [--progress]";

  private UploadClient() {}

  /** Runs the client by hand. */
  public static void main(String[] args) {
    System.exit(run(System.out, args));
  }

  /** Runs the client inside this JVM; returns its exit status. */
  public static int run(PrintStream out, String... args) {
    return new ClientProgram(USAGE, UploadClient::upload).run(out, args);
  }

  private static String upload(Arguments arguments, PrintStream out) throws Exception {
    Endpoint server = Endpoint.from(arguments, MediaServer.DEFAULT_PORT);
    String name = arguments.text("name", "generated:1:16777216");
    Optional<Path> file = arguments.text("file").map(Path::of);
    Media media = file.isPresent() ? new MediaFile(file.get()) : GeneratedMedia.named(name);
    long rate = arguments.size("rate", 0);
    int timeoutMs = arguments.timeoutMs();
    int connections = arguments.number("connections", 1, 1, Connections.MAX);
    try (Progress progress = Progress.start(arguments, out)) {
      arguments.rejectUnread();
      Connections.runAll(
          connections,
          number -> {
            try (Socket socket = new Socket(server.host(), server.port())) {
              socket.setSoTimeout(timeoutMs);
              upload(socket, media, Chunks.atRate(rate), progress);
            }
          });
      return "connections=" + connections + " bytes=" + progress.done() + " " + progress.times();
    }
  }

  private static void upload(Socket socket, Media media, Chunks chunks, Progress progress)
      throws IOException, WrongDataException {
    Range range = new Range(0, media.size());
    progress.expect(range.length());
    OutputStream out = socket.getOutputStream();
    out.write(Lines.encode(new MediaRequest(MediaRequest.PUT, "upload", new Range(0, -1)).line()));
    MessageDigest digest = Digests.sha256();
    media.copy(range, new CountingOutput(out, digest, progress), chunks);
    socket.shutdownOutput();
    Lines answers = new Lines(new TimedInput(socket.getInputStream(), progress));
    WrongDataException.check(
        "the server's answer",
        MediaConversation.STORED + range.length() + " " + Digests.hex(digest.digest()),
        answers.require("the server's answer"));
    WrongDataException.check("lines after the answer", "", answers.next().orElse(""));
  }

  /**
   * Digests and counts what is written; a write that waits for the peer counts as a gap. Used by
   * one thread.
   */
  private static final class CountingOutput extends FilterOutputStream {

    private final MessageDigest digest;
    private final Progress progress;

    CountingOutput(OutputStream out, MessageDigest digest, Progress progress) {
      super(out);
      this.digest = digest;
      this.progress = progress;
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      long beginNs = System.nanoTime();
      out.write(source, offset, length);
      progress.waited(System.nanoTime() - beginNs);
      digest.update(source, offset, length);
      progress.advance(length);
    }
  }
}

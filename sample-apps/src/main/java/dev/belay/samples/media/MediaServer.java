package dev.belay.samples.media;

import dev.belay.samples.program.Arguments;
import dev.belay.samples.program.Endpoint;
import dev.belay.samples.program.Lines;
import dev.belay.samples.program.ServerProgram;
import dev.belay.samples.program.ThreadedServer;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Blocking server that streams ranges of media and digests uploads, one thread for each connection.
 */
public final class MediaServer {

  /** Port of server and client unless {@code --port} says otherwise. */
  static final int DEFAULT_PORT = 7002;

  private static final String USAGE =
      "usage: MediaServer [--host 127.0.0.1] [--port 7002] [--file PATH] [--rate"
          + " BYTES_PER_SECOND]\n"
          + "serves the file under its file name, and generated:SEED:SIZE without any file; sizes"
          + " and rates may end in k, m, g";

  private MediaServer() {}

  /** Starts the server by hand. */
  public static void main(String[] args) {
    new ServerProgram(USAGE, MediaServer::start).runOrExit(args);
  }

  private static Endpoint start(Arguments arguments) throws IOException {
    Endpoint requested = Endpoint.from(arguments, DEFAULT_PORT);
    Optional<Path> file = arguments.text("file").map(Path::of);
    long rate = arguments.size("rate", 0);
    arguments.rejectUnread();
    if (file.isPresent() && !Files.isReadable(file.get())) {
      throw new IOException("cannot read " + file.get());
    }
    return start(requested, file, rate).endpoint();
  }

  /** Starts a server inside this JVM; a rate of 0 is full speed. */
  public static ThreadedServer start(Endpoint requested, Optional<Path> file, long bytesPerSecond)
      throws IOException {
    MediaLibrary library = new MediaLibrary(file);
    return ThreadedServer.start(requested, socket -> converse(socket, library, bytesPerSecond));
  }

  private static void converse(Socket socket, MediaLibrary library, long bytesPerSecond)
      throws IOException {
    MediaConversation conversation =
        new MediaConversation(socket, library, Chunks.atRate(bytesPerSecond));
    Lines requests = conversation.requests();
    for (Optional<String> next = requests.next(); next.isPresent(); next = requests.next()) {
      conversation.answer(next.get());
    }
  }
}

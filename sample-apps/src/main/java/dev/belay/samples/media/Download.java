package dev.belay.samples.media;

import dev.belay.samples.program.Arguments;
import dev.belay.samples.program.Digests;
import dev.belay.samples.program.Endpoint;
import dev.belay.samples.program.Lines;
import dev.belay.samples.program.Progress;
import dev.belay.samples.program.TimedInput;
import dev.belay.samples.program.WrongDataException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;

/** One connection that fetches one range. Used by one thread. */
final class Download {

  private final Endpoint server;
  private final Settings settings;
  private final Progress progress;
  private final Chunks chunks;
  private final MessageDigest digest = Digests.sha256();

  Download(Endpoint server, Settings settings, Progress progress) {
    this.server = server;
    this.settings = settings;
    this.progress = progress;
    this.chunks = Chunks.atRate(settings.rate());
  }

  /** Fetches the range into a stream, checks it and returns its SHA-256. */
  String run(OutputStream target) throws IOException, WrongDataException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(Lines.encode(settings.request().line()));
      InputStream in =
          new BufferedInputStream(new TimedInput(socket.getInputStream(), progress), chunks.size());
      long length = acceptedLength(new Lines(in).require("the answer to the request"));
      progress.expect(length);
      receive(in, length, target);
      socket.shutdownOutput();
      WrongDataException.check("bytes after the last one", -1, in.read());
    }
    String sha256 = Digests.hex(digest.digest());
    WrongDataException.check("SHA-256", settings.sha256().orElse(sha256), sha256);
    return sha256;
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    if (settings.receiveBufferBytes() > 0) {
      socket.setReceiveBufferSize(settings.receiveBufferBytes());
    }
    socket.connect(server.address());
    socket.setSoTimeout(settings.timeoutMs());
    return socket;
  }

  private long acceptedLength(String answer) throws WrongDataException {
    if (!answer.startsWith(MediaConversation.OK)) {
      throw new WrongDataException("the server answered '" + answer + "'");
    }
    long length = Long.parseLong(answer.substring(MediaConversation.OK.length()));
    if (settings.request().range().length() != Range.TO_END) {
      WrongDataException.check("length", settings.request().range().length(), length);
    }
    return length;
  }

  private void receive(InputStream in, long length, OutputStream target)
      throws IOException, WrongDataException {
    byte[] chunk = new byte[chunks.size()];
    try (Expectation expectation = Expectation.of(settings.request())) {
      for (long left = length; left > 0; ) {
        int count = in.read(chunk, 0, (int) Math.min(left, chunk.length));
        if (count < 0) {
          throw new EOFException("stream ended " + left + " bytes before its end");
        }
        chunks.pace().take(count);
        expectation.check(chunk, count, length - left);
        digest.update(chunk, 0, count);
        target.write(chunk, 0, count);
        progress.advance(count);
        left -= count;
      }
    }
  }

  /** What generated media must look like; anything else is only digested. Used by one thread. */
  private static final class Expectation implements AutoCloseable {

    private final Optional<Media.Reader> reader;
    private final byte[] expected = new byte[Chunks.atRate(0).size()];

    private Expectation(Optional<Media.Reader> reader) {
      this.reader = reader;
    }

    static Expectation of(MediaRequest request) throws IOException {
      if (!request.name().startsWith(GeneratedMedia.PREFIX)) {
        return new Expectation(Optional.empty());
      }
      Media media = GeneratedMedia.named(request.name());
      return new Expectation(Optional.of(media.open(request.range().offset())));
    }

    void check(byte[] chunk, int count, long position) throws IOException, WrongDataException {
      if (reader.isEmpty()) {
        return;
      }
      reader.get().read(expected, count);
      int wrong = Arrays.mismatch(expected, 0, count, chunk, 0, count);
      if (wrong >= 0) {
        throw new WrongDataException("wrong byte at position " + (position + wrong));
      }
    }

    @Override
    public void close() throws IOException {
      if (reader.isPresent()) {
        reader.get().close();
      }
    }
  }

  /** What to fetch and how. */
  record Settings(
      MediaRequest request,
      Optional<String> sha256,
      long rate,
      int receiveBufferBytes,
      int timeoutMs) {

    static Settings from(Arguments arguments) {
      Range range =
          new Range(
              arguments.size("offset", 0),
              arguments.text("length").filter(text -> !text.equals("-1")).isPresent()
                  ? arguments.size("length", 0)
                  : Range.TO_END);
      String name = arguments.text("name", "generated:1:16777216");
      return new Settings(
          new MediaRequest(MediaRequest.GET, name, range),
          arguments.text("sha256"),
          arguments.size("rate", 0),
          (int) arguments.size("receive-buffer", 0),
          arguments.timeoutMs());
    }
  }
}

package dev.belay.samples.media;

import dev.belay.samples.program.Digests;
import dev.belay.samples.program.Lines;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.security.MessageDigest;

/**
 * Server side of one connection. A download is answered with {@code OK LENGTH} and the bytes, an
 * upload with {@code STORED LENGTH SHA256}, anything wrong with {@code ERROR REASON}. Used by one
 * thread.
 */
final class MediaConversation {

  static final String OK = "OK ";
  static final String STORED = "STORED ";
  private static final String ERROR = "ERROR ";

  private final InputStream in;
  private final OutputStream out;
  private final MediaLibrary library;
  private final Chunks chunks;

  MediaConversation(Socket socket, MediaLibrary library, Chunks chunks) throws IOException {
    this.in = new BufferedInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
    this.library = library;
    this.chunks = chunks;
  }

  /** The request lines of this connection. */
  Lines requests() {
    return new Lines(in);
  }

  /** Answers one request. */
  void answer(String line) throws IOException {
    try {
      MediaRequest request = MediaRequest.parse(line);
      switch (request.verb()) {
        case MediaRequest.GET -> send(request);
        case MediaRequest.PUT -> receive();
        default -> reply(ERROR + "unknown verb " + request.verb());
      }
    } catch (IllegalArgumentException e) {
      reply(ERROR + e.getMessage());
    }
  }

  private void send(MediaRequest request) throws IOException {
    Media media;
    Range range;
    try {
      media = library.find(request.name());
      range = request.range().within(media.size());
    } catch (IOException e) {
      reply(ERROR + e.getMessage());
      return;
    }
    reply(OK + range.length());
    media.copy(range, out, chunks);
  }

  private void receive() throws IOException {
    MessageDigest digest = Digests.sha256();
    byte[] chunk = new byte[chunks.size()];
    long length = 0;
    for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
      chunks.pace().take(count);
      digest.update(chunk, 0, count);
      length += count;
    }
    reply(STORED + length + " " + Digests.hex(digest.digest()));
  }

  private void reply(String line) throws IOException {
    out.write(Lines.encode(line));
  }
}

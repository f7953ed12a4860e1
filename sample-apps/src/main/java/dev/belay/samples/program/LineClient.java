package dev.belay.samples.program;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Optional;

/**
 * A blocking client connection that talks in lines; reads are timed, writes are kept until {@link
 * #flush()}. Used by one thread.
 */
public final class LineClient implements AutoCloseable {

  private final Socket socket;
  private final InputStream bufferedIn;
  private final Lines in;
  private final OutputStream out;

  /** Connects; a time-out of 0 lets reads wait for ever. */
  public LineClient(Endpoint server, int timeoutMs, Progress progress) throws IOException {
    socket = new Socket(server.host(), server.port());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(timeoutMs);
    bufferedIn = new BufferedInputStream(new TimedInput(socket.getInputStream(), progress));
    in = new Lines(bufferedIn);
    out = new BufferedOutputStream(socket.getOutputStream());
  }

  /** Queues one line. */
  public void send(String line) throws IOException {
    out.write(Lines.encode(line));
  }

  /** Sends what is queued. */
  public void flush() throws IOException {
    out.flush();
  }

  /** Waits for the next line of the server. */
  public String receive(String what) throws IOException {
    return in.require(what);
  }

  /** Whether a read would bring something at once. */
  public boolean hasInput() throws IOException {
    return bufferedIn.available() > 0;
  }

  /** Says that no more lines follow; the server's can still be read. */
  public void endOutput() throws IOException {
    out.flush();
    socket.shutdownOutput();
  }

  /** Waits for the server's orderly end. */
  public void requireEnd() throws IOException, WrongDataException {
    Optional<String> extra = in.next();
    if (extra.isPresent()) {
      throw new WrongDataException("expected the end of the stream but got '" + extra.get() + "'");
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

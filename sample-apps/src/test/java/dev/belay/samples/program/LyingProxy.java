package dev.belay.samples.program;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/**
 * Stands between a client and a server and changes what the server says. One thread for each
 * direction.
 */
public final class LyingProxy {

  private LyingProxy() {}

  /** Starts a proxy before a server; each connection gets a lie of its own. */
  public static ThreadedServer start(Endpoint server, LieSource lies) throws IOException {
    return ThreadedServer.start(
        Endpoint.anyLocal(),
        client -> {
          try (Socket link = new Socket(server.host(), server.port())) {
            link.setTcpNoDelay(true);
            new Thread(() -> forward(client, link), "requests").start();
            lie(link, client, lies.next());
          }
        });
  }

  /** Flips one bit of one byte. */
  public static LieSource flipAt(long position) {
    return () -> (at, next) -> at == position ? next ^ 1 : next;
  }

  /** Ends the stream orderly, but too early. */
  public static LieSource endAt(long position) {
    return () -> (at, next) -> at == position ? Lie.END : next;
  }

  /** Flips one bit of the last byte of the first occurrence of a text. */
  public static LieSource flipAfter(byte[] text) {
    return () -> new FlipAfter(text);
  }

  private static void forward(Socket client, Socket link) {
    try {
      client.getInputStream().transferTo(link.getOutputStream());
      link.shutdownOutput();
    } catch (IOException e) {
      // the other direction has ended the connection
    }
  }

  private static void lie(Socket link, Socket client, Lie lie) throws IOException {
    InputStream in = new BufferedInputStream(link.getInputStream());
    OutputStream out = new BufferedOutputStream(client.getOutputStream());
    long position = 0;
    for (int next = in.read(); next >= 0; next = in.read()) {
      int told = lie.tell(position++, next);
      if (told == Lie.END) {
        break;
      }
      out.write(told);
      if (in.available() == 0) {
        out.flush();
      }
    }
    out.flush();
  }

  /** What becomes of one byte of the server. */
  @FunctionalInterface
  public interface Lie {

    /** Told instead of a byte, it ends the stream. */
    int END = -1;

    /** The byte for the client. */
    int tell(long position, int next);
  }

  /** Makes one lie for each connection. */
  @FunctionalInterface
  public interface LieSource {

    /** The next connection's lie. */
    Lie next();
  }

  /** Looks for a text, naively: a text must not begin with a part of itself. */
  private static final class FlipAfter implements Lie {

    private final byte[] text;
    private int matched;

    FlipAfter(byte[] text) {
      this.text = text.clone();
    }

    @Override
    public int tell(long position, int next) {
      if (matched == text.length) {
        return next;
      }
      matched = (byte) next == text[matched] ? matched + 1 : 0;
      return matched == text.length ? next ^ 1 : next;
    }
  }
}

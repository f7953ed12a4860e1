package dev.belay.it.programs;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Greets each connection with its own name, then sends back what it reads: {@code kind= port=
 * name=}.
 */
public final class GreetingServer {
  private GreetingServer() {}

  /** Serves until the process ends. */
  public static void main(String[] args) throws IOException {
    Options options = Options.of(args);
    String name = options.text("name");
    ServerKind kind = ServerKind.of(options.text("kind", "blocking"));
    kind.serve(
        new InetSocketAddress("127.0.0.1", options.number("port")),
        peer -> new Greeting(name, peer));
  }

  /** One connection's handler. */
  private static final class Greeting implements Handler {
    private final String name;
    private final String peer;
    private final StreamDigest in = new StreamDigest();

    Greeting(String name, String peer) {
      this.name = name;
      this.peer = peer;
    }

    @Override
    public byte[] greeting() {
      return (name + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public byte[] take(byte[] bytes, int offset, int count) {
      in.add(bytes, offset, count);
      return Arrays.copyOfRange(bytes, offset, offset + count);
    }

    @Override
    public void ended(String cause) {
      System.out.println("ENDED " + report() + " cause=" + cause);
    }

    @Override
    public String report() {
      return "peer=" + peer + " in=" + in.length();
    }
  }
}

package dev.belay.it.programs;

import java.io.IOException;
import java.net.InetSocketAddress;

/** A server whose output is random: {@code kind= port=}. */
public final class DiceServer {
  private DiceServer() {}

  /** Serves until the process ends. */
  public static void main(String[] args) throws IOException {
    Options options = Options.of(args);
    ServerKind kind = ServerKind.of(options.text("kind", "blocking"));
    kind.serve(new InetSocketAddress("127.0.0.1", options.number("port")), DiceHandler::new);
  }
}

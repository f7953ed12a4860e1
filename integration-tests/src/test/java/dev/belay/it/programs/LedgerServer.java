package dev.belay.it.programs;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * A server of the Ledger protocol: {@code kind=blocking|virtual|selector|asynchronous port=N}.
 *
 * <p>Prints {@code READY address}; for each connection {@code ACCEPTED}, {@code OPENED} with the
 * client's tag, and at its end {@code ENDED} with length and SHA-256 of both streams.
 */
public final class LedgerServer {
  private LedgerServer() {}

  /** Serves until the process ends. */
  public static void main(String[] args) throws IOException {
    Options options = Options.of(args);
    ServerKind kind = ServerKind.of(options.text("kind", "blocking"));
    InetAddress host = InetAddress.getByName(options.text("host", "127.0.0.1"));
    kind.serve(new InetSocketAddress(host, options.number("port")), LedgerHandler::new);
  }
}

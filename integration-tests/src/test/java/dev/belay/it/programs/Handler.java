package dev.belay.it.programs;

/** The server's side of one connection, free of sockets. Confined to one thread at a time. */
interface Handler {
  /** What is sent before anything was read. */
  default byte[] greeting() {
    return new byte[0];
  }

  /** Takes bytes that were read; what is to be sent for them. */
  byte[] take(byte[] bytes, int offset, int count);

  /** The connection has ended: {@code eof}, or an exception as text. */
  void ended(String cause);

  /** One line about the connection so far. */
  String report();

  /** Makes the handler of a connection that was accepted from a peer. */
  interface Factory {
    Handler open(String peer);
  }
}

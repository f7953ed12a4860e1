package dev.belay.it.programs;

import java.net.InetSocketAddress;

/**
 * What a Ledger client does: how many connections, how many requests on each, how many of them in
 * flight, how large.
 *
 * @param isUntilTold the connections go on after their requests until {@code finish} comes on
 *     standard input, so that a fault surely meets them in mid-stream
 * @param pauseMs before each request, slept by the thread that sends: of a selector's client, that
 *     of all connections; 0 is full speed
 */
record Load(
    InetSocketAddress server,
    int connections,
    int requests,
    int window,
    int maxReplyBytes,
    int maxRequestBytes,
    int seed,
    int limitSeconds,
    int pauseMs,
    boolean isUntilTold) {

  static Load of(Options options) {
    String[] hostPort = options.text("connect").split(":");
    return new Load(
        new InetSocketAddress(hostPort[0], Integer.parseInt(hostPort[1])),
        options.number("connections", 4),
        options.number("requests", 500),
        options.number("window", 100),
        options.number("maxReply", 64 << 10),
        options.number("maxRequest", 512),
        options.number("seed", 1),
        options.number("limit", 60),
        options.number("pause", 0),
        options.text("until", "").equals("told"));
  }

  /** The same at full speed with other contents, so many requests and no more. */
  Load warmUp(int warmUpRequests) {
    return new Load(
        server,
        connections,
        warmUpRequests,
        window,
        maxReplyBytes,
        maxRequestBytes,
        seed + 1,
        limitSeconds,
        0,
        false);
  }

  /** A tag far from all others: the requests are generated from it. */
  long tag(int connection) {
    return Ledger.mix(((long) seed << Integer.SIZE) + connection + 1);
  }
}

package dev.belay.benchmarks.run;

/** Who carries the bytes; everything is compared with PLAIN. */
enum Contender {
  /** Java sockets without the agent. */
  PLAIN,
  /** The same programs under the agent, protected, two servers in the group. */
  BELAY,
  /** The same with a secret, and connects that go to the application's own port. */
  DIRECT,
  /** JVMs with the agent, a port that is not protected. */
  UNPROTECTED,
  /** The plain programs through HAProxy in TCP mode. */
  HAPROXY,
  /** The plain programs through nginx's stream module. */
  NGINX,
  /** RSocket with resumption on. */
  RSOCKET;

  String label() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}

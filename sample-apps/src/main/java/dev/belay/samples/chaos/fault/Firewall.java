package dev.belay.samples.chaos.fault;

import java.io.IOException;

/**
 * Rules of the kernel's packet filter, for our own ports only. Used by one thread; {@link #close}
 * takes all rules away.
 */
sealed interface Firewall extends AutoCloseable permits Nftables, Iptables {

  /** Drops every packet to and from this port. */
  void silence(int port) throws IOException, InterruptedException;

  /** Answers every packet to this port with a reset. */
  void refuse(int port) throws IOException, InterruptedException;

  /** Undoes either for this port; nothing if neither is the case. */
  void restore(int port) throws IOException, InterruptedException;

  @Override
  void close() throws IOException, InterruptedException;
}

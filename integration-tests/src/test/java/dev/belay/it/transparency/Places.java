package dev.belay.it.transparency;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;

/** The addresses that the programs are told of, by name: {@code name=port} arguments. */
record Places(Map<String, Integer> ports, String only) {

  /** Accepts with a ServerSocket. */
  static final String SOCKET = "socket";

  /** Accepts with a ServerSocketChannel and a selector. */
  static final String CHANNEL = "channel";

  /** Accepts with an AsynchronousServerSocketChannel. */
  static final String ASYNC = "async";

  /** A listener of the server's that only it uses. */
  static final String SPARE = "spare";

  /** Nobody listens there; the agent has heard of the first, not of the second. */
  static final String DEAD = "dead";

  static final String DEAD_UNLISTED = "deadUnlisted";

  /** Listens, but its backlog is full; the agent has heard of the first, not of the second. */
  static final String FULL = "full";

  static final String FULL_UNLISTED = "fullUnlisted";

  static Places of(String[] args) {
    Map<String, Integer> ports = new HashMap<>();
    String only = "";
    for (String arg : args) {
      String[] words = arg.split("=", 2);
      if (words[0].equals("only")) {
        only = words[1];
      } else {
        ports.put(words[0], Integer.valueOf(words[1]));
      }
    }
    return new Places(ports, only);
  }

  InetSocketAddress address(String name) {
    try {
      byte[] loopback = {127, 0, 0, 1};
      return new InetSocketAddress(InetAddress.getByAddress(loopback), ports.get(name));
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes the ports by their names from now on. */
  void name(Notes notes) {
    ports.forEach((name, port) -> notes.port(port, name));
  }
}

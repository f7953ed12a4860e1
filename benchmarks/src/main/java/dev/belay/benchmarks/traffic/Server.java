package dev.belay.benchmarks.traffic;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.ServerSocketChannel;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Listens on pairs of ports, the first of a pair blocking with a thread for each connection, the
 * second with one selector for all. Arguments: the ports. Ends with its standard input.
 */
public final class Server {
  private static final int BACKLOG = 4096;

  private Server() {}

  /**
   * Serves until standard input ends; {@code heap} answers with the bytes in use, {@code agent X}
   * with that attribute of the agent's bean.
   */
  public static void main(String[] args) throws IOException {
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    for (int i = 0; i < args.length; i += 2) {
      int port = Integer.parseInt(args[i]);
      start(new BlockingServer(new ServerSocket(port, BACKLOG, loopback)), "acceptor");
      ServerSocketChannel selecting = ServerSocketChannel.open();
      selecting.bind(new InetSocketAddress(loopback, Integer.parseInt(args[i + 1])), BACKLOG);
      start(new SelectorServer(selecting), "selector");
    }
    Commands.serve(
        words ->
            switch (words[0]) {
              case "heap" -> Heap.usedBytes();
              case "agent" -> attribute(words[1]);
              default -> "";
            });
  }

  /** What the agent's bean says; {@code none} before it is there. */
  private static Object attribute(String name) {
    try {
      ObjectName agent = new ObjectName("dev.belay:type=Agent");
      return ManagementFactory.getPlatformMBeanServer().getAttribute(agent, name);
    } catch (JMException e) {
      return "none";
    }
  }

  private static void start(Runnable server, String name) {
    Thread thread = new Thread(server, name);
    thread.setDaemon(true);
    thread.start();
  }
}

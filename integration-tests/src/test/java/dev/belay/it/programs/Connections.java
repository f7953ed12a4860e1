package dev.belay.it.programs;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a server program knows of its connections, and the commands it takes on standard input:
 * {@code report} prints a line for each open connection, {@code hold} (answered by {@code HOLDING})
 * makes handlers wait before they take input until {@code go}, {@code exit} leaves by
 * System.exit(0). With {@code -Dserver.closesAtShutdown=true} a shutdown hook closes all sockets,
 * as many servers do.
 *
 * <p>Safe for any thread.
 */
final class Connections {
  private final Handler.Factory factory;
  private final Gate gate = new Gate();
  private final Set<Handler> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private final Set<Closeable> sockets = ConcurrentHashMap.newKeySet();

  Connections(Handler.Factory factory) {
    this.factory = factory;
    if (Boolean.getBoolean("server.closesAtShutdown")) {
      Runtime.getRuntime().addShutdownHook(new Thread(this::closeAll, "close-all"));
    }
  }

  private void closeAll() {
    int closed = 0;
    for (Closeable socket : sockets) {
      try {
        socket.close();
        closed++;
      } catch (IOException e) {
        System.out.println("cannot close: " + e);
      }
    }
    System.out.println("CLOSED " + closed);
  }

  /** What the shutdown hook closes; a socket that is closed already does no harm there. */
  void keep(Closeable socket) {
    sockets.add(socket);
  }

  static void ready(SocketAddress address) {
    System.out.println("READY " + address);
  }

  Handler accepted(SocketAddress peer) {
    String address = peer.toString().replaceFirst("^[^/]*/", "");
    System.out.println("ACCEPTED " + accepted.incrementAndGet() + " peer=" + address);
    Handler handler = gate.before(factory.open(address));
    open.add(handler);
    return handler;
  }

  void ended(Handler handler, String cause) {
    if (open.remove(handler)) {
      handler.ended(cause);
    }
  }

  void listenToStdin() {
    Thread reader = new Thread(this::readCommands, "commands");
    reader.setDaemon(true);
    reader.start();
  }

  private void readCommands() {
    var stdin = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try {
      for (String line = stdin.readLine(); line != null; line = stdin.readLine()) {
        obey(line);
      }
    } catch (IOException e) {
      System.out.println("no more commands: " + e);
    }
  }

  private void obey(String command) {
    switch (command) {
      case "report" -> report();
      case "hold" -> {
        gate.hold();
        System.out.println("HOLDING");
      }
      case "go" -> gate.open();
      case "exit" -> System.exit(0);
      default -> System.out.println("unknown command: " + command);
    }
  }

  private void report() {
    open.forEach(handler -> System.out.println("OPEN " + handler.report()));
    System.out.println("REPORT accepted=" + accepted.get() + " open=" + open.size());
  }
}

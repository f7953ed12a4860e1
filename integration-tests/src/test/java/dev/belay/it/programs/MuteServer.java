package dev.belay.it.programs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Greets each connection with one byte and never reads: {@code port=N}. On {@code reset} from
 * standard input it resets all connections, on {@code close} it closes them.
 */
public final class MuteServer {
  private static final List<Socket> ACCEPTED = new CopyOnWriteArrayList<>();

  private MuteServer() {}

  /** Serves until the process ends. */
  public static void main(String[] args) throws IOException {
    Options options = Options.of(args);
    try (ServerSocket listener = new ServerSocket()) {
      listener.bind(new InetSocketAddress("127.0.0.1", options.number("port")));
      startDaemon(MuteServer::readCommands);
      Connections.ready(listener.getLocalSocketAddress());
      while (!listener.isClosed()) {
        Socket socket = listener.accept();
        ACCEPTED.add(socket);
        socket.getOutputStream().write('x');
        System.out.println("ACCEPTED " + ACCEPTED.size());
      }
    }
  }

  private static void readCommands() {
    var stdin = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try {
      for (String line = stdin.readLine(); line != null; line = stdin.readLine()) {
        closeAll(line.equals("reset"));
      }
    } catch (IOException e) {
      System.out.println("no more commands: " + e);
    }
  }

  private static void closeAll(boolean isReset) throws IOException {
    for (Socket socket : ACCEPTED) {
      if (isReset) {
        socket.setSoLinger(true, 0);
      }
      socket.close();
    }
    ACCEPTED.clear();
  }

  private static void startDaemon(Runnable work) {
    Thread thread = new Thread(work, "commands");
    thread.setDaemon(true);
    thread.start();
  }
}

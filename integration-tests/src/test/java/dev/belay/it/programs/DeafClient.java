package dev.belay.it.programs;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * A Ledger client that asks and asks, and never reads an answer: {@code connect=host:port
 * connections=N}.
 *
 * <p>Prints {@code DEAF n} when that many connections are made, asks on each until it is made to
 * wait, and stays until it is killed. Its requests ask for more than any kernel buffers, and are as
 * long as what the server reads at a time, so that the server's program makes one reply at a time.
 */
public final class DeafClient {
  private static final int REQUESTS = 1_000;
  private static final int REPLY_BYTES = 128 << 10;
  private static final int REQUEST_BYTES = 32 << 10;

  private DeafClient() {}

  /** Connects, asks, waits. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Options options = Options.of(args);
    String[] hostPort = options.text("connect").split(":");
    int connections = options.number("connections");
    List<Socket> sockets = new ArrayList<>();
    for (int i = 1; i <= connections; i++) {
      Socket socket = new Socket();
      socket.connect(new InetSocketAddress(hostPort[0], Integer.parseInt(hostPort[1])));
      OutputStream out = socket.getOutputStream();
      RequestSource requests = new RequestSource(Ledger.mix(-i), REPLY_BYTES, REQUEST_BYTES);
      Thread asking = new Thread(() -> ask(out, requests), "deaf-" + i);
      asking.setDaemon(true);
      asking.start();
      sockets.add(socket);
    }
    System.out.println("DEAF " + sockets.size());
    Thread.currentThread().join();
  }

  private static void ask(OutputStream out, RequestSource requests) {
    try {
      for (int i = 0; i < REQUESTS; i++) {
        out.write(Frames.frame(requests.next()));
      }
    } catch (IOException e) {
      System.out.println("ENDED " + e);
    }
  }
}

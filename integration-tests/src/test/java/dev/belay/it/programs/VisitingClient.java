package dev.belay.it.programs;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Visits a server that sends back what it is sent, at {@code port=} of 127.0.0.1: connects, says
 * something, hears it, closes.
 *
 * <p>Obeys the lines {@code visit N}, answered by {@code visited N}, and {@code stay N}: so many
 * connections are left open, answered by {@code stays N}.
 */
public final class VisitingClient {
  private static final int VISITORS = 8;
  private static final int SAID_BYTES = 200;

  private final int port;
  private final List<Socket> open = new ArrayList<>();

  private VisitingClient(int port) {
    this.port = port;
  }

  /** Obeys until the end of its standard input. */
  public static void main(String[] args) throws Exception {
    VisitingClient client = new VisitingClient(Options.of(args).number("port"));
    ExecutorService visitors = Executors.newFixedThreadPool(VISITORS);
    try (Scanner orders = new Scanner(System.in, StandardCharsets.US_ASCII)) {
      while (orders.hasNext()) {
        String order = orders.next();
        int count = orders.nextInt();
        if (order.equals("visit")) {
          client.visit(visitors, count);
          System.out.println("visited " + count);
        } else {
          client.stay(count);
          System.out.println("stays " + count);
        }
      }
    } finally {
      visitors.shutdownNow();
    }
  }

  private void visit(ExecutorService visitors, int count) throws Exception {
    List<Future<?>> visits = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      visits.add(
          visitors.submit(
              () -> {
                arrive(number).close();
                return null;
              }));
    }
    for (Future<?> each : visits) {
      each.get();
    }
  }

  private void stay(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      open.add(arrive(i));
    }
  }

  private Socket arrive(int number) throws IOException {
    Socket socket = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
    byte[] said = new byte[SAID_BYTES];
    Arrays.fill(said, (byte) number);
    socket.getOutputStream().write(said);
    byte[] heard = socket.getInputStream().readNBytes(SAID_BYTES);
    if (!Arrays.equals(said, heard)) {
      throw new IOException("heard " + heard.length + " bytes, not what was said");
    }
    return socket;
  }
}

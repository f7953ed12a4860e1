package dev.belay.benchmarks.traffic;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Does to a server what it is told, and answers with figures. Commands (port is of 127.0.0.1, kind
 * is {@code blocking} or {@code selector}):
 *
 * <ul>
 *   <li>{@code bulk port kind DOWN|UP chunkBytes totalBytes}: nanoseconds
 *   <li>{@code ping port kind bytes warmUps count}: p50, p99 in nanoseconds
 *   <li>{@code connects port kind ms}: connections made, used and closed per second
 *   <li>{@code crowd port active idle bytes}: opens them; {@code converse ms}: messages per second,
 *       p50, p99 in nanoseconds; {@code drop} closes
 *   <li>{@code watch port sessions historyBytes pauseUs}: begins; the local ports
 *   <li>{@code watched}: ends; longest wait of any session in nanoseconds: p50, max, messages
 *   <li>{@code hold port count}: opens idle connections; {@code drop} closes them
 *   <li>{@code heap}: bytes in use
 * </ul>
 */
public final class Client implements Commands.Program {
  private final Crowd active = new Crowd();
  private final Crowd idle = new Crowd();
  private Watch watch;

  private Client() {}

  /** Obeys until standard input ends. */
  public static void main(String[] args) throws IOException {
    Commands.serve(new Client());
  }

  @Override
  public Object run(String[] words) throws IOException, InterruptedException {
    return switch (words[0]) {
      case "bulk" -> bulk(words);
      case "ping" -> ping(words);
      case "connects" -> connects(words);
      case "crowd" -> crowd(words);
      case "converse" -> active.converse(Long.parseLong(words[1]));
      case "watch" -> watch(words);
      case "watched" -> watch.end();
      case "hold" -> hold(words);
      case "drop" -> {
        active.close();
        idle.close();
        yield "dropped";
      }
      case "heap" -> Heap.usedBytes();
      default -> throw new IOException("unknown command: " + words[0]);
    };
  }

  private static InetSocketAddress server(String[] words) throws IOException {
    return new InetSocketAddress(InetAddress.getByName("127.0.0.1"), Integer.parseInt(words[1]));
  }

  private static Connection connect(String[] words) throws IOException {
    return Connection.to(server(words), words[2].equals("blocking"));
  }

  private static Object bulk(String[] words) throws IOException {
    Exchange.Kind kind = Exchange.Kind.valueOf(words[3]);
    int chunkBytes = Integer.parseInt(words[4]);
    long totalBytes = Long.parseLong(words[5]);
    try (Connection connection = connect(words)) {
      long beganNs = System.nanoTime();
      connection.begin(new Exchange(kind, chunkBytes, totalBytes));
      if (kind == Exchange.Kind.DOWN) {
        receiveAll(connection, totalBytes);
      } else {
        for (long left = totalBytes; left > 0; left -= chunkBytes) {
          connection.send((int) Math.min(left, chunkBytes));
        }
        connection.receive(1);
      }
      return System.nanoTime() - beganNs;
    }
  }

  private static void receiveAll(Connection connection, long totalBytes) throws IOException {
    long received = 0;
    for (int n = connection.receiveSome(); n >= 0; n = connection.receiveSome()) {
      received += n;
    }
    if (received != totalBytes) {
      throw new IOException("received " + received + " of " + totalBytes);
    }
  }

  private static Object ping(String[] words) throws IOException {
    int bytes = Integer.parseInt(words[3]);
    int warmUps = Integer.parseInt(words[4]);
    int count = Integer.parseInt(words[5]);
    Times times = new Times(count);
    try (Connection connection = connect(words)) {
      connection.begin(new Exchange(Exchange.Kind.ECHO, bytes, 0));
      for (int i = -warmUps; i < count; i++) {
        long beganNs = System.nanoTime();
        connection.send(bytes);
        connection.receive(bytes);
        if (i >= 0) {
          times.add(System.nanoTime() - beganNs);
        }
      }
    }
    return times.at(0.5) + " " + times.at(0.99);
  }

  private static Object connects(String[] words) throws IOException {
    long beganNs = System.nanoTime();
    long endNs = beganNs + Long.parseLong(words[3]) * 1_000_000;
    long count = 0;
    while (System.nanoTime() < endNs) {
      try (Connection connection = connect(words)) {
        connection.begin(new Exchange(Exchange.Kind.ECHO, 1, 0));
        connection.send(1);
        connection.receive(1);
      }
      count++;
    }
    return count * 1e9 / (System.nanoTime() - beganNs);
  }

  private Object crowd(String[] words) throws IOException {
    int bytes = Integer.parseInt(words[4]);
    idle.open(server(words), Integer.parseInt(words[3]), bytes);
    active.open(server(words), Integer.parseInt(words[2]), bytes);
    return "open";
  }

  private Object watch(String[] words) throws IOException, InterruptedException {
    int sessions = Integer.parseInt(words[2]);
    long historyBytes = Long.parseLong(words[3]);
    watch = new Watch(Long.parseLong(words[4]));
    return watch.begin(server(words), sessions, historyBytes);
  }

  private Object hold(String[] words) throws IOException {
    idle.open(server(words), Integer.parseInt(words[2]), 1);
    return "holding";
  }
}

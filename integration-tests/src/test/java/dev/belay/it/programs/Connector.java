package dev.belay.it.programs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.Channels;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Connects as it is told on standard input, one line each: {@code kind host port timeoutMs}, with a
 * kind of {@code socket channel selector asynchronous}.
 *
 * <p>Prints for each {@code CONNECTED kind name remote=} with the name that the server said, or
 * {@code FAILED kind exception}, and the time it took. Connections stay open.
 */
public final class Connector {
  private static final int SELECT_TIMEOUT_MS = 10_000;
  private static final int MAX_NAME_BYTES = 100;

  private Connector() {}

  /** Obeys until standard input ends. */
  public static void main(String[] args) throws IOException {
    var stdin = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    System.out.println("READY");
    for (String line = stdin.readLine(); line != null; line = stdin.readLine()) {
      String[] words = line.split(" ");
      long beganNs = System.nanoTime();
      String outcome = outcome(words);
      long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs);
      System.out.println(outcome + " tookMs=" + tookMs);
    }
  }

  private static String outcome(String[] words) {
    InetSocketAddress target = new InetSocketAddress(words[1], Integer.parseInt(words[2]));
    int timeoutMs = Integer.parseInt(words[3]);
    try {
      return "CONNECTED " + words[0] + " " + connect(words[0], target, timeoutMs);
    } catch (ExecutionException e) {
      return "FAILED " + words[0] + " " + e.getCause();
    } catch (Exception e) {
      return "FAILED " + words[0] + " " + e;
    }
  }

  private static String connect(String kind, InetSocketAddress target, int timeoutMs)
      throws Exception {
    return switch (kind) {
      case "socket" -> socket(target, timeoutMs);
      case "channel" -> channel(target);
      case "selector" -> selector(target);
      case "asynchronous" -> asynchronous(target);
      default -> throw new IllegalArgumentException(kind);
    };
  }

  private static String socket(InetSocketAddress target, int timeoutMs) throws IOException {
    Socket socket = new Socket();
    socket.connect(target, timeoutMs);
    return met(name(socket.getInputStream()), socket.getRemoteSocketAddress());
  }

  private static String channel(InetSocketAddress target) throws IOException {
    SocketChannel channel = SocketChannel.open(target);
    return met(name(Channels.newInputStream(channel)), channel.getRemoteAddress());
  }

  private static String selector(InetSocketAddress target) throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.configureBlocking(false);
    try (Selector selector = Selector.open()) {
      if (!channel.connect(target)) {
        channel.register(selector, SelectionKey.OP_CONNECT);
        int selected = selector.select(SELECT_TIMEOUT_MS);
        if (selected != 1 || !channel.finishConnect()) {
          throw new IOException("not connected, selected " + selected);
        }
      }
    }
    channel.configureBlocking(true);
    return met(name(Channels.newInputStream(channel)), channel.getRemoteAddress());
  }

  private static String asynchronous(InetSocketAddress target) throws Exception {
    AsynchronousSocketChannel channel = AsynchronousSocketChannel.open();
    channel.connect(target).get();
    return met(name(Channels.newInputStream(channel)), channel.getRemoteAddress());
  }

  private static String name(InputStream in) throws IOException {
    StringBuilder name = new StringBuilder();
    for (int c = in.read(); c != '\n' && c >= 0 && name.length() < MAX_NAME_BYTES; c = in.read()) {
      name.append((char) c);
    }
    return name.toString();
  }

  private static String met(String name, SocketAddress remote) {
    return name + " remote=" + remote.toString().replaceFirst("^.*/", "");
  }
}

package dev.belay.it.programs;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;

/**
 * Talks to a server that greets with a line and sends back what it is sent, at {@code host=} and
 * {@code port=}; {@code kind=} blocking or selector.
 *
 * <p>Obeys the lines {@code visit N} (connections that talk once and close), {@code open N}
 * (connections that stay; each prints {@code OPEN local remote}), {@code talk N} (each open one so
 * many times) and {@code close 0}; each answered by itself in the past tense.
 */
public final class TalkingClient {
  private static final int SAID_BYTES = 300;
  private static final int LINE = 10;

  private final InetSocketAddress server;
  private final boolean isBlocking;
  private final List<Talk> open = new ArrayList<>();

  private TalkingClient(InetSocketAddress server, boolean isBlocking) {
    this.server = server;
    this.isBlocking = isBlocking;
  }

  /** Obeys until the end of its standard input. */
  public static void main(String[] args) throws IOException {
    Options options = Options.of(args);
    TalkingClient client =
        new TalkingClient(
            new InetSocketAddress(options.text("host"), options.number("port")),
            options.text("kind").equals("blocking"));
    try (Scanner orders = new Scanner(System.in, StandardCharsets.US_ASCII)) {
      System.out.println("READY");
      while (orders.hasNext()) {
        String order = orders.next();
        int count = orders.nextInt();
        client.obey(order, count);
        System.out.println("done " + order + " " + count);
      }
    }
  }

  private void obey(String order, int count) throws IOException {
    switch (order) {
      case "visit" -> {
        for (int i = 0; i < count; i++) {
          try (Talk visit = new Talk()) {
            visit.talk();
          }
        }
      }
      case "open" -> {
        for (int i = 0; i < count; i++) {
          Talk talk = new Talk();
          open.add(talk);
          System.out.println("OPEN " + talk.addresses());
        }
      }
      case "talk" -> {
        for (int i = 0; i < count; i++) {
          for (Talk each : open) {
            each.talk();
          }
        }
      }
      case "close" -> {
        for (Talk each : open) {
          each.close();
        }
        open.clear();
      }
      default -> throw new IllegalArgumentException(order);
    }
  }

  /** One connection. */
  private final class Talk implements AutoCloseable {
    private final SocketChannel channel = SocketChannel.open();
    private final Selector selector = Selector.open();
    private byte next;

    Talk() throws IOException {
      if (isBlocking) {
        channel.socket().connect(server, 0);
      } else {
        channel.configureBlocking(false);
        if (!channel.connect(server)) {
          await(SelectionKey.OP_CONNECT);
          channel.finishConnect();
        }
      }
      while (read(1).get(0) != LINE) {
        continue; // the greeting
      }
    }

    String addresses() throws IOException {
      return text(channel.getLocalAddress()) + " " + text(channel.getRemoteAddress());
    }

    private static String text(SocketAddress address) {
      InetSocketAddress inet = (InetSocketAddress) address;
      return inet.getAddress().getHostAddress() + ":" + inet.getPort();
    }

    void talk() throws IOException {
      ByteBuffer said = ByteBuffer.allocate(SAID_BYTES);
      while (said.hasRemaining()) {
        said.put(next++);
      }
      ByteBuffer out = said.flip().duplicate();
      while (out.hasRemaining()) {
        if (channel.write(out) == 0) {
          await(SelectionKey.OP_WRITE);
        }
      }
      if (!read(SAID_BYTES).equals(said)) {
        throw new IOException("not what was said");
      }
    }

    private ByteBuffer read(int bytes) throws IOException {
      ByteBuffer heard = ByteBuffer.allocate(bytes);
      while (heard.hasRemaining()) {
        int n = channel.read(heard);
        if (n < 0) {
          throw new EOFException();
        }
        if (n == 0) {
          await(SelectionKey.OP_READ);
        }
      }
      return heard.flip();
    }

    private void await(int operation) throws IOException {
      channel.register(selector, operation);
      selector.select();
      selector.selectedKeys().clear();
    }

    @Override
    public void close() throws IOException {
      channel.close();
      selector.close();
    }
  }
}

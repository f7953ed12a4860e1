package dev.belay.it.programs;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CountDownLatch;

/**
 * Half-closes in both orders, at each end by a {@code java.net} socket and by a channel's adaptor.
 *
 * <p>The server: {@code role=server port= adaptorPort=}. The client: {@code role=client connect=
 * adaptorConnect=}: opens four connections, brings each to the point where one direction has ended,
 * prints {@code HALF} for each, waits for a line on standard input, then ends them and prints
 * {@code ENDED order OK} or an exception.
 */
public final class HalfClose {
  /** More than all buffers on the way take: the sender has to wait for the reader. */
  private static final int LONG_CHUNKS = 1_500;

  private static final int SHORT_CHUNKS = 20;
  private static final int CLIENT_FIRST = 'c';
  private static final int SERVER_FIRST = 's';
  private static final CountDownLatch GO = new CountDownLatch(1);

  private HalfClose() {}

  /** Plays the role. */
  public static void main(String[] args) throws IOException {
    Options options = Options.of(args);
    if (options.text("role").equals("server")) {
      serve(new ServerSocket(), options.number("port"));
      serve(ServerSocketChannel.open().socket(), options.number("adaptorPort"));
      System.out.println("READY");
    } else {
      InetSocketAddress server = address(options.text("connect"));
      InetSocketAddress adaptor = address(options.text("adaptorConnect"));
      start(() -> clientFirst(new Socket(server.getAddress(), server.getPort())));
      start(() -> serverFirst(new Socket(server.getAddress(), server.getPort())));
      start(() -> clientFirst(SocketChannel.open(adaptor).socket()));
      start(() -> serverFirst(SocketChannel.open(adaptor).socket()));
      System.in.read();
      GO.countDown();
    }
  }

  private static InetSocketAddress address(String hostPort) {
    String[] parts = hostPort.split(":");
    return new InetSocketAddress(parts[0], Integer.parseInt(parts[1]));
  }

  private static void serve(ServerSocket listener, int port) throws IOException {
    listener.bind(new InetSocketAddress("127.0.0.1", port));
    start(
        () -> {
          while (!listener.isClosed()) {
            Socket socket = listener.accept();
            start(() -> handle(socket));
          }
        });
  }

  private static void handle(Socket accepted) throws IOException {
    try (Socket socket = accepted) {
      int order = socket.getInputStream().read();
      if (order == CLIENT_FIRST) {
        Bytes.verify(socket.getInputStream(), order, 0, SHORT_CHUNKS);
        Bytes.verifyEnd(socket.getInputStream());
        Bytes.send(socket.getOutputStream(), order, LONG_CHUNKS);
      } else {
        Bytes.send(socket.getOutputStream(), order, SHORT_CHUNKS);
        socket.shutdownOutput();
        Bytes.verify(socket.getInputStream(), order, 0, SHORT_CHUNKS);
        Bytes.verifyEnd(socket.getInputStream());
      }
      System.out.println("SERVED " + (char) order);
    }
  }

  /** The client ends its direction, then reads for long. */
  private static void clientFirst(Socket connected) throws Exception {
    try (Socket socket = connected) {
      socket.getOutputStream().write(CLIENT_FIRST);
      Bytes.send(socket.getOutputStream(), CLIENT_FIRST, SHORT_CHUNKS);
      socket.shutdownOutput();
      InputStream in = socket.getInputStream();
      Bytes.verify(in, CLIENT_FIRST, 0, 1);
      System.out.println("HALF client-first");
      GO.await();
      Bytes.verify(in, CLIENT_FIRST, 1, LONG_CHUNKS - 1);
      Bytes.verifyEnd(in);
      System.out.println("ENDED client-first OK");
    }
  }

  /** The server ends its direction, then the client goes on sending. */
  private static void serverFirst(Socket connected) throws Exception {
    try (Socket socket = connected) {
      socket.getOutputStream().write(SERVER_FIRST);
      Bytes.verify(socket.getInputStream(), SERVER_FIRST, 0, SHORT_CHUNKS);
      Bytes.verifyEnd(socket.getInputStream());
      System.out.println("HALF server-first");
      GO.await();
      Bytes.send(socket.getOutputStream(), SERVER_FIRST, SHORT_CHUNKS);
      socket.shutdownOutput();
      Bytes.verifyEnd(socket.getInputStream());
      System.out.println("ENDED server-first OK");
    }
  }

  private static void start(Work work) {
    Runnable guarded =
        () -> {
          try {
            work.run();
          } catch (Exception e) {
            System.out.println("ENDED " + Thread.currentThread().getName() + " " + e);
          }
        };
    new Thread(guarded).start();
  }

  /** What a thread does. */
  private interface Work {
    void run() throws Exception;
  }
}

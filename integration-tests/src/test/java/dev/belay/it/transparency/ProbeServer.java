package dev.belay.it.transparency;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The server: a listener of each kind, each connection either walking a {@link Scenario} or its
 * {@link Partner}, as its {@link Header} says. It goes when a client tells it to.
 */
final class ProbeServer {
  private static final int BACKLOG = 300;

  private final Places places;
  private final AtomicInteger underWay = new AtomicInteger();
  private final CountDownLatch isFinishing = new CountDownLatch(1);

  private ProbeServer(Places places) {
    this.places = places;
  }

  public static void main(String[] args) throws Exception {
    new ProbeServer(Places.of(args)).run();
  }

  private void run() throws Exception {
    try (ServerSocket sockets = new ServerSocket();
        ServerSocketChannel channels = ServerSocketChannel.open();
        AsynchronousServerSocketChannel asyncs = AsynchronousServerSocketChannel.open()) {
      sockets.bind(places.address(Places.SOCKET), BACKLOG);
      channels.bind(places.address(Places.CHANNEL), BACKLOG);
      asyncs.bind(places.address(Places.ASYNC), BACKLOG);
      noteListeners(sockets, channels, asyncs);
      daemon(() -> acceptSockets(sockets));
      daemon(() -> acceptChannels(channels));
      daemon(() -> acceptAsyncs(asyncs));
      System.out.println("ready");
      isFinishing.await();
    }
    System.out.println("finish | listeners closed");
  }

  private void noteListeners(
      ServerSocket sockets, ServerSocketChannel channels, AsynchronousServerSocketChannel asyncs) {
    Notes notes = new Notes("listeners");
    places.name(notes);
    notes.attempt("socket", sockets::toString);
    notes.attempt("socket's address", sockets::getLocalSocketAddress);
    notes.attempt("channel", channels::toString);
    notes.attempt("channel's address", channels::getLocalAddress);
    notes.attempt("channel's adaptor", () -> channels.socket().toString());
    notes.attempt("async", asyncs::toString);
    ListenerScenarios.run(places, notes);
    notes.print();
  }

  private void acceptSockets(ServerSocket listener) throws IOException {
    while (!listener.isClosed()) {
      accepted(listener.accept());
    }
  }

  private void acceptChannels(ServerSocketChannel listener) throws IOException {
    listener.configureBlocking(false);
    try (Selector selector = Selector.open()) {
      listener.register(selector, SelectionKey.OP_ACCEPT);
      while (selector.select() >= 0 && listener.isOpen()) {
        selector.selectedKeys().clear();
        for (var end = listener.accept(); end != null; end = listener.accept()) {
          accepted(end);
        }
      }
    }
  }

  private void acceptAsyncs(AsynchronousServerSocketChannel listener) throws Exception {
    while (listener.isOpen()) {
      accepted(listener.accept().get());
    }
  }

  private void accepted(AutoCloseable end) {
    underWay.incrementAndGet();
    daemon(
        () -> {
          try {
            serve(end);
          } finally {
            underWay.decrementAndGet();
          }
        });
  }

  private void serve(AutoCloseable end) throws Exception {
    Header header = Header.receive(end);
    if (header.name().equals(Probe.FINISH)) {
      finish((Socket) end);
    } else if (header.walker() == Header.Walker.SERVER) {
      Notes notes = notes(header.name() + "/server walks");
      Course.run(notes, end, () -> Scenario.named(header.name()).run(end, notes));
    } else {
      Notes notes = notes(header.name() + "/server is partner");
      Partner partner = new Partner((Socket) end, notes);
      Course.run(notes, end, partner::serve);
    }
  }

  private Notes notes(String label) {
    Notes notes = new Notes(label);
    places.name(notes);
    return notes;
  }

  /** Waits for all other connections, answers this last one, and lets the program end. */
  private void finish(Socket socket) throws Exception {
    boolean areDone = Waits.until(() -> underWay.get() == 1);
    Ask.via(socket, areDone ? "done" : "others are still under way: " + (underWay.get() - 1));
    socket.close();
    isFinishing.countDown();
  }

  /** What runs on a thread. */
  private interface Body {
    void run() throws Exception;
  }

  private static void daemon(Body body) {
    Thread thread =
        new Thread(
            () -> {
              try {
                body.run();
              } catch (Exception e) {
                System.err.println(Thread.currentThread().getName() + ": " + e);
              }
            });
    thread.setDaemon(true);
    thread.start();
  }
}

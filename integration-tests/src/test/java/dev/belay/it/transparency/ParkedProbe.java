package dev.belay.it.transparency;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A client whose server falls silent: connects, and, told over standard input that the server is
 * silent, walks through the calls that must not mind; told to go on, it talks to the server again.
 *
 * <p>To it there is no difference between a server that is stopped and one whose session is parked.
 */
final class ParkedProbe {
  private static final int SELECT_MS = 150;
  private static final int SELECTS = 3;

  /** What the buffers to a slow server surely take. */
  private static final int TRANSFERRED = 2_000;

  private final Places places;
  private final Notes notes = new Notes("parked");
  private final Socket socket;
  private final Socket closedSocket;
  private final Socket waitingSocket;
  private final SocketChannel channel;
  private final SocketChannel interruptedChannel;
  private final SocketChannel closedChannel;
  private final SocketChannel adapted;
  private final SocketChannel virtualChannel;
  private final SocketChannel vectored;
  private final SocketChannel transferring;
  private final Socket virtualSocket;
  private final SocketChannel waitingChannel;
  private final AsynchronousSocketChannel async;
  private final AsynchronousSocketChannel waitingAsync;

  private final ByteBuffer[] two = {ByteBuffer.allocate(3), ByteBuffer.allocate(5)};

  /** Into the send buffer of a slow server's socket; on a parked session these may wait. */
  private Blocked writer;

  private Blocked gatherer;
  private Blocked transfer;
  private Blocked scatterer;

  private ParkedProbe(Places places) throws Exception {
    this.places = places;
    this.socket = socket();
    this.closedSocket = socket();
    this.waitingSocket = socket();
    this.channel = channel();
    this.interruptedChannel = channel();
    this.closedChannel = channel();
    this.adapted = channel();
    this.virtualChannel = channel();
    this.vectored = channel();
    this.transferring = channel();
    this.virtualSocket = socket();
    this.waitingChannel = channel();
    this.async = async();
    this.waitingAsync = async();
  }

  public static void main(String[] args) throws Exception {
    ParkedProbe probe = new ParkedProbe(Places.of(args));
    BufferedReader orders = new BufferedReader(new InputStreamReader(System.in));
    Waiting waiting = probe.new Waiting();
    System.out.println("connected");
    for (String order = orders.readLine(); order != null; order = orders.readLine()) {
      switch (order) {
        case "silent" -> probe.walk();
        case "continued" -> probe.talk(waiting);
        case "lost" -> waiting.note();
        case "leave" -> probe.notes.say("leaving", "with calls that wait");
        default -> throw new IllegalArgumentException(order);
      }
      System.out.println("obeyed " + order);
      if (!order.equals("silent")) {
        break;
      }
    }
    probe.notes.print();
    System.out.println("leaving");
  }

  private Socket socket() throws IOException {
    Socket made = new Socket(places.address(Places.SOCKET).getAddress(), port());
    Ask.via(made, Header.of("parked", Header.Walker.CLIENT));
    Ask.via(made, "send 1");
    Stream.read(made.getInputStream(), 1);
    return made;
  }

  private SocketChannel channel() throws IOException {
    SocketChannel made = SocketChannel.open(places.address(Places.SOCKET));
    Ask.via(made, Header.of("parked", Header.Walker.CLIENT));
    Ask.via(made, "send 1");
    ChannelScenarios.read(made, ByteBuffer.allocate(1));
    return made;
  }

  private AsynchronousSocketChannel async() throws Exception {
    AsynchronousSocketChannel made = AsynchronousSocketChannel.open();
    made.connect(places.address(Places.SOCKET)).get(5, TimeUnit.SECONDS);
    Ask.via(made, Header.of("parked", Header.Walker.CLIENT));
    Ask.via(made, "send 1");
    AsyncScenarios.get(made.read(ByteBuffer.allocate(1)));
    return made;
  }

  private int port() {
    return places.address(Places.SOCKET).getPort();
  }

  /** Calls that began before the server fell silent and end after it has come back or is lost. */
  private final class Waiting {
    private final Blocked ofSocket = Blocked.in(() -> waitingSocket.getInputStream().read());
    private final Blocked ofChannel =
        Blocked.in(() -> waitingChannel.read(ByteBuffer.allocate(10)));
    private final AsyncScenarios.Completion<Integer> ofAsync =
        AsyncScenarios.read(waitingAsync, ByteBuffer.allocate(10), 0);

    private void note() {
      notes.say("waiting socket", ofSocket.outcome());
      notes.say("waiting channel", ofChannel.outcome());
      notes.attempt("waiting async", ofAsync::outcome);
    }
  }

  private void walk() throws Exception {
    sockets();
    interruptsAndCloses();
    selector();
    adaptor();
    options();
    asyncs();
    vectors();
    if (VirtualThreads.areThere()) {
      virtualThreads();
    }
  }

  private void sockets() throws IOException {
    socket.setSoTimeout(100);
    notes.attempt("available", () -> socket.getInputStream().available());
    notes.attemptFor(100, "read", () -> socket.getInputStream().read());
    notes.attemptFor(100, "read again", () -> socket.getInputStream().read());
    notes.attempt("text", () -> socket.toString().replaceAll("\\d+", "N"));
    notes.attempt("connected, closed", () -> socket.isConnected() + " " + socket.isClosed());
    writer = Blocked.in(() -> writeSmall(socket));
  }

  private static String writeSmall(Socket to) throws IOException {
    Ask.via(to, "send 2");
    return "done";
  }

  private void interruptsAndCloses() throws IOException {
    Blocked reader = Blocked.in(() -> closedSocket.getInputStream().read()).awaitBlocked();
    notes.attemptFor(0, "close", () -> close(closedSocket));
    notes.say("closed socket's reader", reader.outcome());
    reader = Blocked.in(() -> interruptedChannel.read(ByteBuffer.allocate(1))).awaitBlocked();
    reader.thread().interrupt();
    notes.say("interrupted channel's reader", reader.outcome());
    reader = Blocked.in(() -> closedChannel.read(ByteBuffer.allocate(1))).awaitBlocked();
    notes.attemptFor(0, "close of a channel", () -> close(closedChannel));
    notes.say("closed channel's reader", reader.outcome());
  }

  private static String close(AutoCloseable end) throws Exception {
    end.close();
    return "done";
  }

  private void selector() throws IOException {
    channel.configureBlocking(false);
    notes.attempt("non-blocking read", () -> channel.read(ByteBuffer.allocate(1)));
    try (Selector selector = Selector.open()) {
      SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
      for (int i = 0; i < SELECTS; i++) {
        notes.attemptFor(SELECT_MS, "select", () -> selector.select(SELECT_MS));
      }
      Blocked sleeper = Blocked.in(selector::select).awaitBlocked();
      selector.wakeup();
      notes.say("woken select", sleeper.outcome());
      key.cancel();
    }
    channel.configureBlocking(true);
  }

  private void adaptor() throws IOException {
    adapted.socket().setSoTimeout(100);
    notes.attemptFor(100, "adaptor's read", () -> adapted.socket().getInputStream().read());
    notes.attempt("adaptor's available", () -> adapted.socket().getInputStream().available());
  }

  private void options() throws IOException {
    socket.setTcpNoDelay(true);
    socket.setKeepAlive(true);
    socket.setSoLinger(true, 7);
    notes.attempt("no delay", socket::getTcpNoDelay);
    notes.attempt("keep alive", socket::getKeepAlive);
    notes.attempt("linger", socket::getSoLinger);
    channel.setOption(StandardSocketOptions.SO_RCVBUF, 40_000);
    notes.attempt("receive buffer", () -> channel.getOption(StandardSocketOptions.SO_RCVBUF));
    notes.attempt("remote port", () -> socket.getPort() == port());
  }

  private void asyncs() {
    notes.attemptFor(
        100, "async read", () -> AsyncScenarios.read(async, ByteBuffer.allocate(1), 100).outcome());
  }

  private void vectors() throws IOException {
    vectored.configureBlocking(false);
    notes.attempt("non-blocking scatter", () -> vectored.read(two));
    vectored.configureBlocking(true);
    scatterer = Blocked.in(() -> vectored.read(two));
    gatherer = Blocked.in(() -> vectored.write(inTwo("send 8\n")));
    transfer = Blocked.in(this::transfer);
  }

  private static ByteBuffer[] inTwo(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return new ByteBuffer[] {
      ByteBuffer.wrap(bytes, 0, 2), ByteBuffer.wrap(bytes, 2, bytes.length - 2)
    };
  }

  private long transfer() throws IOException {
    try (FileChannel file = TransferScenarios.file()) {
      Ask.via(transferring, "swallow " + TRANSFERRED);
      return TransferScenarios.transferAll(file, 0, TRANSFERRED, transferring);
    }
  }

  private void virtualThreads() throws Exception {
    virtualSocket.setSoTimeout(100);
    Blocked timed = Blocked.inVirtual(() -> virtualSocket.getInputStream().read());
    notes.say("virtual thread's read", timed.outcome());
    Blocked reader = Blocked.inVirtual(() -> virtualChannel.read(ByteBuffer.allocate(1)));
    reader.awaitBlocked().thread().interrupt();
    notes.say("interrupted virtual reader", reader.outcome());
    virtualSocket.setSoTimeout(0);
    reader = Blocked.inVirtual(() -> virtualSocket.getInputStream().read()).awaitBlocked();
    notes.attemptFor(0, "close under a virtual reader", () -> close(virtualSocket));
    notes.say("closed virtual reader", reader.outcome());
  }

  /** The server is back: what waited goes on, what was set is still set. */
  private void talk(Waiting waiting) throws Exception {
    for (AutoCloseable end : List.of(waitingSocket, waitingChannel, waitingAsync)) {
      Header.send(end, "send 3");
    }
    waiting.note();
    notes.say("small write", writer.outcome());
    notes.say("gathering write", gatherer.outcome());
    notes.say("scattering read", scatterer.outcome());
    notes.say("its first bytes", two[0].array());
    notes.say("its other bytes", two[1].array());
    notes.say("transfer", transfer.outcome());
    Ask.via(transferring, "send 4");
    notes.attempt("behind it", () -> ChannelScenarios.read(transferring, ByteBuffer.allocate(4)));
    socket.setSoTimeout(3_000);
    notes.attempt("the answer", () -> Stream.read(socket.getInputStream(), 2));
    Ask.via(channel, "echo 5000");
    channel.write(ByteBuffer.wrap(Stream.bytes(5_000)));
    notes.attempt("echo", () -> ChannelScenarios.read(channel, ByteBuffer.allocate(5_000)));
    notes.attempt("no delay", socket::getTcpNoDelay);
    notes.attempt("linger", socket::getSoLinger);
    notes.attempt("receive buffer", () -> channel.getOption(StandardSocketOptions.SO_RCVBUF));
    Ask.via(socket, "close");
    notes.attempt("end", () -> socket.getInputStream().read());
  }
}

package dev.belay.it.transparency;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Set;

/** Ways to connect, and to fail to; the client's side only. */
final class ConnectScenarios {
  private static final int TIMEOUT_MS = 300;
  private static final int SHORT_CONNECTIONS = 200;

  /** One way to connect. */
  interface Walk {
    void walk(Places places, Notes notes) throws Exception;
  }

  /** A walk and its name. */
  record Named(String name, Walk walk) {
    void run(Places places, Notes notes) {
      try {
        walk.walk(places, notes);
        notes.say("walked", "to the end");
      } catch (Exception | AssertionError e) {
        notes.say("walk broken off", e);
      }
    }
  }

  private ConnectScenarios() {}

  static List<Named> all() {
    return List.of(
        new Named("connect.refused", ConnectScenarios::refused),
        new Named("connect.timeout", ConnectScenarios::timeout),
        new Named("connect.unresolved", ConnectScenarios::unresolved),
        new Named("connect.closeWhileConnecting", ConnectScenarios::closeWhileConnecting),
        new Named("connect.nonBlocking", ConnectScenarios::nonBlocking),
        new Named("connect.nonBlockingRefused", ConnectScenarios::nonBlockingRefused),
        new Named("connect.optionsBefore", ConnectScenarios::optionsBefore),
        new Named("connect.bound", ConnectScenarios::bound),
        new Named("connect.subclass", ConnectScenarios::subclass),
        new Named("connect.short", ConnectScenarios::shortConnections),
        new Named("connect.selectMany", ConnectScenarios::selectMany));
  }

  private static void refused(Places places, Notes notes) {
    for (String place : List.of(Places.DEAD, Places.DEAD_UNLISTED)) {
      SocketAddress address = places.address(place);
      Socket socket = new Socket();
      notes.attempt("socket", () -> connect(socket, address, 0));
      notes.attempt("closed, connected", () -> socket.isClosed() + " " + socket.isConnected());
      notes.attempt("socket, timed", () -> connect(new Socket(), address, 2_000));
      notes.attempt("channel", () -> SocketChannel.open(address));
      notes.attempt("adaptor", () -> connect(SocketChannel.open().socket(), address, 2_000));
      notes.attempt("async", () -> AsynchronousSocketChannel.open().connect(address).get());
    }
  }

  private static String connect(Socket socket, SocketAddress address, int timeoutMs)
      throws IOException {
    socket.connect(address, timeoutMs);
    return "connected";
  }

  private static void timeout(Places places, Notes notes) {
    for (String place : List.of(Places.FULL, Places.FULL_UNLISTED)) {
      SocketAddress address = places.address(place);
      Socket socket = new Socket();
      notes.attemptFor(TIMEOUT_MS, "socket", () -> connect(socket, address, TIMEOUT_MS));
      notes.attempt("closed, connected", () -> socket.isClosed() + " " + socket.isConnected());
      notes.attemptFor(
          TIMEOUT_MS, "adaptor", () -> connect(SocketChannel.open().socket(), address, TIMEOUT_MS));
    }
  }

  private static void closeWhileConnecting(Places places, Notes notes) throws IOException {
    for (String place : List.of(Places.FULL, Places.FULL_UNLISTED)) {
      SocketAddress address = places.address(place);
      Socket socket = new Socket();
      Blocked connecting = Blocked.in(() -> connect(socket, address, 0)).awaitBlocked();
      socket.close();
      notes.say("socket", connecting.outcome());
      SocketChannel channel = SocketChannel.open();
      connecting = Blocked.in(() -> channel.connect(address)).awaitBlocked();
      channel.close();
      notes.say("channel", connecting.outcome());
      SocketChannel second = SocketChannel.open();
      connecting = Blocked.in(() -> second.connect(address)).awaitBlocked();
      connecting.thread().interrupt();
      notes.say("interrupted channel", connecting.outcome());
      closeAsyncWhileConnecting(address, notes);
    }
  }

  private static void closeAsyncWhileConnecting(SocketAddress address, Notes notes)
      throws IOException {
    AsynchronousSocketChannel async = AsynchronousSocketChannel.open();
    var pending = async.connect(address);
    notes.attempt("async done", pending::isDone);
    async.close();
    notes.attempt("async", pending::get);
  }

  private static void unresolved(Places places, Notes notes) {
    InetSocketAddress nowhere = InetSocketAddress.createUnresolved("host.invalid", 4711);
    notes.attempt("socket", () -> connect(new Socket(), nowhere, 0));
    notes.attempt("channel", () -> SocketChannel.open(nowhere));
    notes.attempt("async", () -> AsynchronousSocketChannel.open().connect(nowhere));
  }

  private static void nonBlocking(Places places, Notes notes) throws IOException {
    try (SocketChannel channel = SocketChannel.open();
        Selector selector = Selector.open()) {
      notes.attempt("read", () -> channel.read(ByteBuffer.allocate(1)));
      notes.attempt("finish", channel::finishConnect);
      notes.attempt("fresh", channel::toString);
      channel.configureBlocking(false);
      if (!channel.connect(places.address(Places.SOCKET))) {
        SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
        selector.select(3_000);
        System.err.println("ready " + key.readyOps());
        channel.finishConnect();
      }
      notes.attempt("connected, pending", () -> state(channel));
      notes.attempt("finish again", channel::finishConnect);
      notes.attempt("connect again", () -> channel.connect(places.address(Places.SOCKET)));
      SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
      Ask.via(channel, "connect.nonBlocking " + Header.Walker.CLIENT);
      Ask.via(channel, "send 4");
      notes.attempt("select", () -> SelectorScenarios.select(key, 3_000));
      notes.attempt("read", () -> SelectorScenarios.readSelected(key, ByteBuffer.allocate(10)));
    }
  }

  private static String state(SocketChannel channel) {
    return channel.isConnected() + " " + channel.isConnectionPending();
  }

  private static void nonBlockingRefused(Places places, Notes notes) throws IOException {
    for (String place : List.of(Places.DEAD, Places.DEAD_UNLISTED)) {
      try (SocketChannel channel = SocketChannel.open();
          Selector selector = Selector.open()) {
        channel.configureBlocking(false);
        notes.attempt("connect and finish", () -> connect(channel, places, place, selector));
        notes.attempt("open", channel::isOpen);
      }
    }
  }

  private static boolean connect(
      SocketChannel channel, Places places, String place, Selector selector) throws IOException {
    if (!channel.connect(places.address(place))) {
      channel.register(selector, SelectionKey.OP_CONNECT);
      selector.select(3_000);
    }
    return channel.finishConnect();
  }

  private static void optionsBefore(Places places, Notes notes) throws Exception {
    try (SocketChannel channel = SocketChannel.open();
        Socket socket = new Socket()) {
      IdentityScenarios.changeAll(IdentityScenarios.access(channel), notes);
      channel.connect(places.address(Places.SOCKET));
      IdentityScenarios.lookAtAll(IdentityScenarios.access(channel), notes);
      socket.setReceiveBufferSize(12_345);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(123);
      socket.connect(places.address(Places.SOCKET));
      notes.attempt("receive buffer", socket::getReceiveBufferSize);
      notes.attempt("no delay", socket::getTcpNoDelay);
      notes.attempt("time-out", socket::getSoTimeout);
      Ask.via(socket, Header.of("connect.optionsBefore", Header.Walker.CLIENT));
      Ask.via(channel, Header.of("connect.optionsBefore", Header.Walker.CLIENT));
      Ask.via(channel, "close");
      notes.attempt("end", () -> channel.read(ByteBuffer.allocate(1)));
    }
  }

  /** A client may choose its own port. */
  private static void bound(Places places, Notes notes) throws Exception {
    try (SocketChannel channel = SocketChannel.open()) {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.bind(new InetSocketAddress(places.address(Places.SOCKET).getAddress(), 0));
      int port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
      notes.port(port, "MINE");
      channel.connect(places.address(Places.SOCKET));
      notes.attempt("text", channel::toString);
      Ask.via(channel, Header.of("connect.bound", Header.Walker.CLIENT));
      Ask.via(channel, "whoami");
      InputStream in = channel.socket().getInputStream();
      notes.attempt("the other end says", () -> Stream.readLine(in));
    }
  }

  private static void subclass(Places places, Notes notes) throws Exception {
    InetSocketAddress address = places.address(Places.SOCKET);
    try (CountingSocket socket = new CountingSocket(address)) {
      IdentityScenarios.namePorts(socket, notes);
      notes.attempt("text", socket::toString);
      Ask.via(socket, Header.of("connect.subclass", Header.Walker.CLIENT));
      Ask.via(socket, "send 9");
      notes.attempt("read", () -> Stream.read(socket.getInputStream(), 9));
      notes.say("streams asked for", socket.streams);
    }
  }

  /** A subclass, as proxies and pools make them. */
  private static final class CountingSocket extends Socket {
    private int streams;

    CountingSocket(InetSocketAddress address) throws IOException {
      super(address.getAddress(), address.getPort());
    }

    @Override
    public InputStream getInputStream() throws IOException {
      streams++;
      return super.getInputStream();
    }
  }

  private static void shortConnections(Places places, Notes notes) throws IOException {
    InetSocketAddress address = places.address(Places.SOCKET);
    int good = 0;
    for (int i = 0; i < SHORT_CONNECTIONS; i++) {
      try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
        Ask.via(socket, Header.of("connect.short", Header.Walker.CLIENT));
        Ask.via(socket, "send " + i);
        good += Stream.read(socket.getInputStream(), i).length == i ? 1 : 0;
        if (i % 2 == 0) {
          Ask.via(socket, "close");
          good += socket.getInputStream().read() == -1 ? 1 : 0;
        }
      }
    }
    notes.say("good reads", good);
  }

  private static void selectMany(Places places, Notes notes) throws Exception {
    SocketChannel[] channels = new SocketChannel[5];
    try (Selector selector = Selector.open()) {
      for (int i = 0; i < channels.length; i++) {
        channels[i] = SocketChannel.open(places.address(Places.SOCKET));
        Ask.via(channels[i], Header.of("connect.selectMany", Header.Walker.CLIENT));
        channels[i].configureBlocking(false).register(selector, SelectionKey.OP_READ);
      }
      notes.attempt("none", () -> selector.select(40));
      Ask.via(channels[3], "send 3");
      notes.attempt("one", () -> selector.select(3_000));
      Ask.via(channels[1], "close");
      notes.say("two", Waits.until(() -> select(selector) == 2));
      Set<SelectionKey> areReady = Set.copyOf(selector.selectedKeys());
      for (SocketChannel channel : channels) {
        SelectionKey key = channel.keyFor(selector);
        notes.attempt("read", () -> readIfSelected(key, areReady.contains(key)));
        channel.close();
      }
    }
  }

  private static int readIfSelected(SelectionKey key, boolean isSelected) throws Exception {
    ByteBuffer buffer = ByteBuffer.allocate(10);
    return isSelected
        ? SelectorScenarios.readSelected(key, buffer)
        : ((SocketChannel) key.channel()).read(buffer);
  }

  private static int select(Selector selector) throws IOException {
    selector.selectedKeys().clear();
    return selector.select(50);
  }
}

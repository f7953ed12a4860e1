package dev.belay.it.transparency;

import static dev.belay.it.transparency.Scenario.channel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** {@link SocketChannel} with a {@link Selector}. */
final class SelectorScenarios {
  private static final int SELECT_MS = 3_000;
  private static final int RESELECT_MS = 50;

  private SelectorScenarios() {}

  static List<Scenario<?>> all() {
    return List.of(
        channel("select.read", SelectorScenarios::read),
        channel("select.write", SelectorScenarios::write),
        channel("select.wakeup", SelectorScenarios::wakeup),
        channel("select.reset", SelectorScenarios::reset),
        channel("select.keys", SelectorScenarios::keys),
        channel("select.close", SelectorScenarios::close),
        channel("select.two", SelectorScenarios::two));
  }

  /** How a select ended: the count, and what the key is ready for. */
  static String select(SelectionKey key, int timeoutMs) throws IOException {
    key.selector().selectedKeys().clear();
    int count = timeoutMs == 0 ? key.selector().selectNow() : key.selector().select(timeoutMs);
    return count + (key.isValid() ? ", ready " + key.readyOps() : ", key cancelled");
  }

  /**
   * What reading a selected channel comes to in the end.
   *
   * <p>Being selected is a hint only: it may come without a byte, and then selecting goes on, for
   * as long as {@link Waits} waits.
   */
  static int readSelected(SelectionKey key, ByteBuffer buffer) throws Exception {
    SocketChannel channel = (SocketChannel) key.channel();
    AtomicInteger n = new AtomicInteger(channel.read(buffer));
    Waits.until(() -> n.get() != 0 || reselectAndRead(key, buffer, n) != 0);
    return n.get();
  }

  private static int reselectAndRead(SelectionKey key, ByteBuffer buffer, AtomicInteger n)
      throws IOException {
    select(key, RESELECT_MS);
    n.set(((SocketChannel) key.channel()).read(buffer));
    return n.get();
  }

  private static void read(SocketChannel channel, Notes notes) throws IOException {
    channel.configureBlocking(false);
    ByteBuffer buffer = ByteBuffer.allocate(100);
    try (Selector selector = Selector.open()) {
      SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
      notes.attemptFor(80, "select of nothing", () -> selector.select(80));
      notes.attempt("select now", selector::selectNow);
      Ask.via(channel, "send 5");
      notes.attempt("select", () -> select(key, SELECT_MS));
      notes.attempt("select again", () -> select(key, SELECT_MS));
      notes.attempt("read", () -> readSelected(key, buffer));
      notes.attempt("select now", () -> select(key, 0));
      Ask.via(channel, "pause 80");
      Ask.via(channel, "send 6");
      notes.attempt("select later", () -> select(key, SELECT_MS));
      notes.attempt("read", () -> readSelected(key, buffer));
      Ask.via(channel, "half");
      notes.attempt("select at the end", () -> select(key, SELECT_MS));
      notes.attempt("read", () -> readSelected(key, buffer));
      notes.attempt("select after the end", () -> select(key, SELECT_MS));
    }
  }

  private static void write(SocketChannel channel, Notes notes) throws Exception {
    channel.configureBlocking(false);
    try (Selector selector = Selector.open()) {
      SelectionKey key = channel.register(selector, SelectionKey.OP_WRITE | SelectionKey.OP_READ);
      notes.attempt("select", () -> select(key, SELECT_MS));
      Ask.via(channel, "sink");
      notes.say("fills up", Waits.until(() -> isFull(channel, key)));
      notes.attempt("select", () -> select(key, SELECT_MS));
      notes.attempt("write", () -> channel.write(ByteBuffer.allocate(1)));
    }
  }

  private static boolean isFull(SocketChannel channel, SelectionKey key) throws IOException {
    while (channel.write(ByteBuffer.allocate(100_000)) > 0) {
      // The partner does not read yet.
    }
    key.selector().selectedKeys().clear();
    return key.selector().select(30) == 0;
  }

  private static void wakeup(SocketChannel channel, Notes notes) throws IOException {
    channel.configureBlocking(false);
    try (Selector selector = Selector.open()) {
      channel.register(selector, SelectionKey.OP_READ);
      selector.wakeup();
      notes.attempt("woken before", () -> selector.select(SELECT_MS));
      Blocked sleeper = Blocked.in(selector::select).awaitBlocked();
      selector.wakeup();
      notes.say("woken", sleeper.outcome());
      Blocked interrupted = Blocked.in(selector::select).awaitBlocked();
      interrupted.thread().interrupt();
      notes.say("interrupted", interrupted.outcome());
      notes.attempt("open", () -> selector.isOpen() + " " + channel.isOpen());
      Blocked last = Blocked.in(selector::select).awaitBlocked();
      selector.close();
      notes.say("closed", last.outcome());
    }
  }

  private static void reset(SocketChannel channel, Notes notes) throws IOException {
    channel.configureBlocking(false);
    try (Selector selector = Selector.open()) {
      SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
      Ask.via(channel, "reset");
      notes.attempt("select", () -> select(key, SELECT_MS));
      notes.attempt("read", () -> readSelected(key, ByteBuffer.allocate(1)));
      notes.attempt("read again", () -> readSelected(key, ByteBuffer.allocate(1)));
    }
  }

  private static void keys(SocketChannel channel, Notes notes) throws IOException {
    channel.configureBlocking(false);
    try (Selector selector = Selector.open()) {
      SelectionKey key = channel.register(selector, 0);
      notes.attempt("blocking", () -> channel.configureBlocking(true));
      Ask.via(channel, "send 1");
      notes.attemptFor(50, "no interest", () -> select(key, 50));
      key.interestOps(SelectionKey.OP_READ);
      notes.attempt("interest", () -> select(key, SELECT_MS));
      key.cancel();
      notes.attempt("cancelled", () -> select(key, 0));
      notes.attempt("interest of a cancelled key", () -> key.interestOps(0));
      SelectionKey other = channel.register(selector, SelectionKey.OP_READ);
      notes.attempt("registered again", () -> select(other, SELECT_MS));
      other.cancel();
      selector.selectNow();
      channel.configureBlocking(true);
      notes.attempt("blocking read", () -> channel.read(ByteBuffer.allocate(5)));
    }
  }

  private static void close(SocketChannel channel, Notes notes) throws IOException {
    channel.configureBlocking(false);
    try (Selector selector = Selector.open()) {
      SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
      notes.attempt("select", () -> select(key, 30));
      channel.close();
      notes.attempt("valid", key::isValid);
      notes.attempt("select", () -> selector.select(30));
      notes.attempt("keys", () -> selector.keys().size());
    }
  }

  private static void two(SocketChannel channel, Notes notes) throws IOException {
    channel.configureBlocking(false);
    try (Selector one = Selector.open();
        Selector two = Selector.open()) {
      SelectionKey readable = channel.register(one, SelectionKey.OP_READ);
      SelectionKey writable = channel.register(two, SelectionKey.OP_WRITE);
      notes.attempt("writable", () -> select(writable, SELECT_MS));
      notes.attempt("readable", () -> select(readable, 30));
      Ask.via(channel, "send 1");
      notes.attempt("readable", () -> select(readable, SELECT_MS));
      writable.cancel();
      two.selectNow();
      notes.attempt("readable", () -> select(readable, SELECT_MS));
      channel.read(ByteBuffer.allocate(8)); // else the close is a reset: that is another scenario
    }
  }
}

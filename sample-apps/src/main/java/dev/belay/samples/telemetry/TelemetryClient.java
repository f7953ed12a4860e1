package dev.belay.samples.telemetry;

import dev.belay.samples.program.Arguments;
import dev.belay.samples.program.ClientProgram;
import dev.belay.samples.program.Connections;
import dev.belay.samples.program.Endpoint;
import dev.belay.samples.program.Progress;
import dev.belay.samples.program.WrongDataException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * Selector client: one thread sends samples over many connections and checks every acknowledgement.
 */
public final class TelemetryClient {

  private static final String USAGE =
      "usage: TelemetryClient [--host 127.0.0.1] [--port 7003] [--connections 10] [--messages 1000]"
          + " [--window 16]\n"
          + "  [--rate PER_SECOND] [--largest 56] [--seed 1] [--timeout MS] [--progress]\n"
          + "messages, window and rate are those of each connection; largest is in bytes; without a"
          + " timeout it waits for ever";

  private static final int RATE_TICK_MS = 2;
  private static final long MILLISECOND_NS = 1_000_000L;

  private final Selector selector;
  private final SampleSender.Settings settings;
  private final Progress progress;
  private int open;

  private TelemetryClient(Selector selector, SampleSender.Settings settings, Progress progress) {
    this.selector = selector;
    this.settings = settings;
    this.progress = progress;
  }

  /** Runs the client by hand. */
  public static void main(String[] args) {
    System.exit(run(System.out, args));
  }

  /** Runs the client inside this JVM; returns its exit status. */
  public static int run(PrintStream out, String... args) {
    return new ClientProgram(USAGE, TelemetryClient::measure).run(out, args);
  }

  private static String measure(Arguments arguments, PrintStream out) throws Exception {
    Endpoint server = Endpoint.from(arguments, TelemetryServer.DEFAULT_PORT);
    int connections = arguments.number("connections", 10, 1, Connections.MAX);
    SampleSender.Settings settings = settings(arguments);
    int timeoutMs = arguments.timeoutMs();
    try (Progress progress = Progress.start(arguments, out);
        Selector selector = Selector.open()) {
      arguments.rejectUnread();
      progress.expect((long) connections * settings.messages());
      new TelemetryClient(selector, settings, progress).run(server, connections, timeoutMs);
      return "connections=" + connections + " messages=" + progress.done() + " " + progress.times();
    }
  }

  private static SampleSender.Settings settings(Arguments arguments) {
    return new SampleSender.Settings(
        arguments.number("messages", 1000, 0, Integer.MAX_VALUE),
        arguments.number("window", 16, 1, Integer.MAX_VALUE),
        arguments.size("rate", 0),
        arguments.number("largest", 56, 0, Frames.MAX_PAYLOAD_BYTES - Long.BYTES),
        arguments.seed());
  }

  private void run(Endpoint server, int connections, int timeoutMs)
      throws IOException, WrongDataException {
    try {
      for (int number = 0; number < connections; number++) {
        connect(server, number);
      }
      runToTheEnd(timeoutMs);
    } finally {
      closeAll();
    }
  }

  private void connect(Endpoint server, int number) throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    SelectionKey key = channel.register(selector, 0);
    SampleSender sender = new SampleSender(channel, settings, number, progress);
    key.attach(sender);
    open++;
    if (channel.connect(server.address())) {
      sender.connected(key, System.nanoTime());
    } else {
      key.interestOps(SelectionKey.OP_CONNECT);
    }
  }

  private void runToTheEnd(int timeoutMs) throws IOException, WrongDataException {
    long lastReadyNs = System.nanoTime();
    while (open > 0) {
      boolean ready = selector.select(settings.rate() > 0 ? RATE_TICK_MS : timeoutMs) > 0;
      long nowNs = System.nanoTime();
      lastReadyNs = ready ? nowNs : lastReadyNs;
      if (timeoutMs > 0 && nowNs - lastReadyNs > timeoutMs * MILLISECOND_NS) {
        throw new SocketTimeoutException("nothing came for " + timeoutMs + " ms");
      }
      serveReady(nowNs);
      if (settings.rate() > 0) {
        sendDue(nowNs);
      }
    }
  }

  private void serveReady(long nowNs) throws IOException, WrongDataException {
    for (SelectionKey key : selector.selectedKeys()) {
      if (((SampleSender) key.attachment()).advance(key, nowNs)) {
        key.channel().close();
        open--;
      }
    }
    selector.selectedKeys().clear();
  }

  private void sendDue(long nowNs) throws IOException {
    for (SelectionKey key : selector.keys()) {
      if (key.isValid() && ((SocketChannel) key.channel()).isConnected()) {
        ((SampleSender) key.attachment()).send(key, nowNs);
      }
    }
  }

  private void closeAll() throws IOException {
    for (SelectionKey key : selector.keys()) {
      key.channel().close();
    }
  }
}

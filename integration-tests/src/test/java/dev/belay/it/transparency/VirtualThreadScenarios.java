package dev.belay.it.transparency;

import static dev.belay.it.transparency.Scenario.channel;
import static dev.belay.it.transparency.Scenario.socket;

import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;

/** Virtual threads on sockets and channels. */
final class VirtualThreadScenarios {
  private static final int BULK_BYTES = 900_000;

  private VirtualThreadScenarios() {}

  static List<Scenario<?>> all() {
    return List.of(
        socket("virtual.read", VirtualThreadScenarios::read),
        socket("virtual.timeout", VirtualThreadScenarios::timeout),
        socket("virtual.asyncClose", VirtualThreadScenarios::asyncClose),
        socket("virtual.interrupt", VirtualThreadScenarios::interrupt),
        socket("virtual.echo", VirtualThreadScenarios::echo),
        socket("virtual.asyncCloseOfWriter", VirtualThreadScenarios::asyncCloseOfWriter),
        socket("virtual.peerResets", VirtualThreadScenarios::peerResets),
        channel("virtual.read", VirtualThreadScenarios::read),
        channel("virtual.asyncClose", VirtualThreadScenarios::asyncClose),
        channel("virtual.interrupt", VirtualThreadScenarios::interrupt));
  }

  private static Blocked reader(Socket socket) throws Exception {
    return Blocked.inVirtual(() -> socket.getInputStream().read()).awaitBlocked();
  }

  private static Blocked reader(SocketChannel channel) throws Exception {
    return Blocked.inVirtual(() -> channel.read(ByteBuffer.allocate(5))).awaitBlocked();
  }

  private static void read(Socket socket, Notes notes) throws Exception {
    Blocked reader = reader(socket);
    Ask.via(socket, "send 1");
    notes.say("read", reader.outcome());
    Blocked last = reader(socket);
    Ask.via(socket, "close");
    notes.say("end", last.outcome());
  }

  private static void timeout(Socket socket, Notes notes) throws Exception {
    socket.setSoTimeout(80);
    Blocked reader = reader(socket);
    notes.say("read", reader.outcome());
    socket.setSoTimeout(3_000);
    Blocked later = reader(socket);
    Ask.via(socket, "send 1");
    notes.say("read", later.outcome());
  }

  private static void asyncClose(Socket socket, Notes notes) throws Exception {
    Blocked reader = reader(socket);
    socket.close();
    notes.say("blocked read", reader.outcome());
  }

  private static void interrupt(Socket socket, Notes notes) throws Exception {
    Blocked reader = reader(socket);
    reader.thread().interrupt();
    notes.say("blocked read", reader.outcome());
    notes.attempt("closed", socket::isClosed);
  }

  private static void echo(Socket socket, Notes notes) throws Exception {
    Ask.via(socket, "echo " + BULK_BYTES);
    Blocked writer = Blocked.inVirtual(() -> write(socket, Stream.bytes(BULK_BYTES)));
    Blocked reader = Blocked.inVirtual(() -> Stream.read(socket.getInputStream(), BULK_BYTES));
    notes.say("echo", reader.outcome());
    notes.say("writer", writer.outcome());
  }

  private static String write(Socket socket, byte[] bytes) throws Exception {
    socket.getOutputStream().write(bytes);
    return "done";
  }

  private static void asyncCloseOfWriter(Socket socket, Notes notes) throws Exception {
    Ask.via(socket, "sink");
    Blocked writer =
        Blocked.inVirtual(() -> write(socket, Stream.bytes(40_000_000))).awaitBlocked();
    socket.close();
    notes.say("blocked write", writer.outcome());
  }

  private static void peerResets(Socket socket, Notes notes) throws Exception {
    Blocked reader = reader(socket);
    Ask.via(socket, "reset");
    notes.say("blocked read", reader.outcome());
  }

  private static void read(SocketChannel channel, Notes notes) throws Exception {
    Blocked reader = reader(channel);
    Ask.via(channel, "send 5");
    notes.say("read", reader.outcome());
  }

  private static void asyncClose(SocketChannel channel, Notes notes) throws Exception {
    Blocked reader = reader(channel);
    channel.close();
    notes.say("blocked read", reader.outcome());
  }

  private static void interrupt(SocketChannel channel, Notes notes) throws Exception {
    Blocked reader = reader(channel);
    reader.thread().interrupt();
    notes.say("blocked read", reader.outcome());
    notes.attempt("open", channel::isOpen);
  }
}

package dev.belay.it.transparency;

import static dev.belay.it.transparency.Scenario.socket;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.List;

/** {@link Socket}: time-outs, available(), half-close, interrupts, streams both ways. */
final class SocketScenarios {
  private static final int BULK_BYTES = 1_500_000;

  private SocketScenarios() {}

  static List<Scenario<?>> all() {
    return List.of(
        socket("timeout", SocketScenarios::timeout),
        socket("available", SocketScenarios::available),
        socket("halfCloseFirst", SocketScenarios::halfCloseFirst),
        socket("halfCloseSecond", SocketScenarios::halfCloseSecond),
        socket("shutdownInput", SocketScenarios::shutdownInput),
        socket("shutdownInputWhileBlocked", SocketScenarios::shutdownInputWhileBlocked),
        socket("interrupt", SocketScenarios::interrupt),
        socket("echo", SocketScenarios::echo),
        socket("urgent", SocketScenarios::urgent),
        socket("skipAndTransfer", SocketScenarios::skipAndTransfer));
  }

  private static void timeout(Socket socket, Notes notes) throws IOException {
    InputStream in = socket.getInputStream();
    socket.setSoTimeout(80);
    notes.attemptFor(80, "first read", in::read);
    notes.attemptFor(80, "second read", in::read);
    socket.setSoTimeout(2_000);
    Ask.via(socket, "send 3");
    notes.attempt("read with bytes there", () -> Stream.read(in, 3));
    socket.setSoTimeout(80);
    notes.attemptFor(80, "third read", () -> in.read(new byte[10]));
    Ask.via(socket, "pause 50");
    Ask.via(socket, "send 2");
    socket.setSoTimeout(2_000);
    notes.attempt("read in time", () -> Stream.read(in, 2));
    notes.attempt("time-out", socket::getSoTimeout);
    notes.attempt("read of nothing", () -> in.read(new byte[0]));
    Ask.via(socket, "half");
    notes.attempt("read at the end", in::read);
  }

  private static void available(Socket socket, Notes notes) throws Exception {
    InputStream in = socket.getInputStream();
    notes.attempt("before", in::available);
    Ask.via(socket, "send 5");
    notes.say("five arrived", Waits.until(() -> in.available() == 5));
    notes.attempt("read", () -> Stream.read(in, 2));
    notes.attempt("after two", in::available);
    notes.attempt("read", () -> Stream.read(in, 3));
    notes.attempt("after five", in::available);
    Ask.via(socket, "half");
    notes.attempt("read", in::read);
    notes.attempt("at the end", in::available);
    notes.attempt("read again", in::read);
    socket.close();
    notes.attempt("closed", in::available);
  }

  private static void halfCloseFirst(Socket socket, Notes notes) throws IOException {
    Ask.via(socket, "drainsend 4");
    socket.getOutputStream().write(Stream.bytes(20_000));
    socket.shutdownOutput();
    notes.attempt("output shut down", socket::isOutputShutdown);
    notes.attempt("input shut down", socket::isInputShutdown);
    notes.attempt("getOutputStream", socket::getOutputStream);
    notes.attempt("read", () -> Stream.read(socket.getInputStream(), 4));
    notes.attempt("read", () -> socket.getInputStream().read());
    notes.attempt("shutdownOutput again", () -> shutdownOutput(socket));
    notes.attempt("closed", socket::isClosed);
  }

  private static String shutdownOutput(Socket socket) throws IOException {
    socket.shutdownOutput();
    return "done";
  }

  private static void halfCloseSecond(Socket socket, Notes notes) throws IOException {
    var out = socket.getOutputStream();
    Ask.via(socket, "half");
    notes.attempt("read", () -> socket.getInputStream().read());
    Ask.via(socket, "swallow 30000");
    out.write(Stream.bytes(30_000));
    socket.shutdownOutput();
    notes.attempt("write", () -> write(socket, out));
    notes.attempt("read again", () -> socket.getInputStream().read());
  }

  private static String write(Socket socket, OutputStream out) throws IOException {
    out.write(1);
    return "written";
  }

  private static void shutdownInput(Socket socket, Notes notes) throws Exception {
    InputStream in = socket.getInputStream();
    Ask.via(socket, "send 5");
    notes.say("five arrived", Waits.until(() -> in.available() == 5));
    socket.shutdownInput();
    notes.attempt("input shut down", socket::isInputShutdown);
    notes.attempt("available", in::available);
    notes.attempt("read", in::read);
    notes.attempt("getInputStream", socket::getInputStream);
    Ask.via(socket, "swallow 7");
    socket.getOutputStream().write(Stream.bytes(7));
  }

  private static void shutdownInputWhileBlocked(Socket socket, Notes notes) throws IOException {
    Blocked reader = Blocked.in(() -> socket.getInputStream().read()).awaitBlocked();
    socket.shutdownInput();
    notes.say("blocked read", reader.outcome());
    Ask.via(socket, "swallow 1");
    socket.getOutputStream().write(Stream.bytes(1));
  }

  private static void interrupt(Socket socket, Notes notes) throws IOException {
    Blocked reader = Blocked.in(() -> socket.getInputStream().read()).awaitBlocked();
    reader.thread().interrupt();
    reader.awaitBlocked();
    notes.say("woken by the interrupt", reader.isDone());
    Ask.via(socket, "send 1");
    notes.say("read", reader.outcome());
    notes.attempt("closed", socket::isClosed);
  }

  private static void echo(Socket socket, Notes notes) throws IOException {
    Ask.via(socket, "echo " + BULK_BYTES);
    Blocked writer = Blocked.in(() -> writeInPieces(socket));
    notes.attempt("echo", () -> Stream.read(socket.getInputStream(), BULK_BYTES));
    notes.say("writer", writer.outcome());
    Ask.via(socket, "close");
    notes.attempt("read", () -> socket.getInputStream().read());
  }

  private static String writeInPieces(Socket socket) throws IOException {
    byte[] bytes = Stream.bytes(BULK_BYTES);
    for (int from = 0, length = 1; from < bytes.length; from += length, length = length * 3 + 1) {
      length = Math.min(length, bytes.length - from);
      socket.getOutputStream().write(bytes, from, length);
    }
    return "done";
  }

  /** The agent may refuse urgent data; what follows must not suffer either way. */
  private static void urgent(Socket socket, Notes notes) throws IOException {
    notes.attempt("inline", socket::getOOBInline);
    try {
      socket.sendUrgentData('!');
    } catch (IOException e) {
      System.err.println("urgent data refused: " + e);
    }
    Ask.via(socket, "send 2");
    notes.attempt("read", () -> Stream.read(socket.getInputStream(), 2));
    socket.setOOBInline(true);
    notes.attempt("inline", socket::getOOBInline);
  }

  private static void skipAndTransfer(Socket socket, Notes notes) throws IOException {
    InputStream in = socket.getInputStream();
    Ask.via(socket, "send 1000");
    notes.attempt("skip", () -> skip(in, 400));
    Ask.via(socket, "half");
    var rest = new ByteArrayOutputStream();
    notes.attempt("transfer", () -> in.transferTo(rest));
    notes.say("rest", rest.toByteArray());
  }

  private static long skip(InputStream in, int count) throws IOException {
    in.skipNBytes(count);
    return count;
  }
}

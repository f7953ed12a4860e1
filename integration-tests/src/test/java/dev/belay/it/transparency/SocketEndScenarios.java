package dev.belay.it.transparency;

import static dev.belay.it.transparency.Scenario.socket;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.List;

/** {@link Socket}: all the ways in which a connection ends. */
final class SocketEndScenarios {
  private static final int MAX_WRITES = 400;

  private SocketEndScenarios() {}

  static List<Scenario<?>> all() {
    return List.of(
        socket("peerCloses", SocketEndScenarios::peerCloses),
        socket("peerResets", SocketEndScenarios::peerResets),
        socket("peerResetsWhileBlocked", SocketEndScenarios::peerResetsWhileBlocked),
        socket("linger0", SocketEndScenarios::linger0),
        socket("linger0WithBytes", SocketEndScenarios::linger0WithBytes),
        socket("lingerWithBytes", SocketEndScenarios::lingerWithBytes),
        socket("closeWithBytes", SocketEndScenarios::closeWithBytes),
        socket("closeWithUnread", SocketEndScenarios::closeWithUnread),
        socket("peerClosesWithUnread", SocketEndScenarios::peerClosesWithUnread),
        socket("peerSendsAndClosesWithUnread", SocketEndScenarios::peerSendsAndClosesWithUnread),
        socket("asyncClose", SocketEndScenarios::asyncClose),
        socket("asyncCloseTimed", SocketEndScenarios::asyncCloseTimed),
        socket("asyncCloseOfWriter", SocketEndScenarios::asyncCloseOfWriter),
        socket("writeAfterPeerClosed", SocketEndScenarios::writeAfterPeerClosed),
        socket("afterClose", SocketEndScenarios::afterClose));
  }

  private static void peerCloses(Socket socket, Notes notes) throws IOException {
    InputStream in = socket.getInputStream();
    Ask.via(socket, "send 5");
    Ask.via(socket, "close");
    notes.attempt("read", () -> Stream.read(in, 5));
    notes.attempt("read", in::read);
    notes.attempt("read again", in::read);
    notes.attempt("available", in::available);
    notes.attempt("closed", socket::isClosed);
    notes.attempt("connected", socket::isConnected);
  }

  private static void peerResets(Socket socket, Notes notes) throws Exception {
    InputStream in = socket.getInputStream();
    Ask.via(socket, "reset");
    notes.attempt("read", in::read);
    notes.attempt("read again", in::read);
    notes.attempt("available", in::available);
    notes.say("write", firstFailure(socket));
    notes.attempt("closed", socket::isClosed);
  }

  private static void peerResetsWhileBlocked(Socket socket, Notes notes) throws IOException {
    socket.setSoTimeout(3_000);
    Ask.via(socket, "pause 60");
    Ask.via(socket, "reset");
    Blocked reader = Blocked.in(() -> socket.getInputStream().read());
    notes.say("blocked read", reader.outcome());
  }

  private static void linger0(Socket socket, Notes notes) throws IOException {
    socket.setSoLinger(true, 0);
    notes.attempt("linger", socket::getSoLinger);
    Ask.via(socket, "send 1");
    notes.attempt("read", () -> socket.getInputStream().read());
    socket.close();
  }

  private static void linger0WithBytes(Socket socket, Notes notes) throws IOException {
    Ask.via(socket, "send 1");
    notes.attempt("read", () -> socket.getInputStream().read());
    Blocked.in(() -> socket.getInputStream().read()).awaitBlocked();
    socket.setSoLinger(true, 0);
    socket.close();
  }

  private static void lingerWithBytes(Socket socket, Notes notes) throws IOException {
    Ask.via(socket, "swallow 100000");
    socket.setSoLinger(true, 5);
    socket.getOutputStream().write(Stream.bytes(100_000));
    notes.attemptFor(0, "close", () -> close(socket));
  }

  private static void closeWithBytes(Socket socket, Notes notes) throws IOException {
    Ask.via(socket, "pause 100");
    Ask.via(socket, "swallow 100000");
    socket.getOutputStream().write(Stream.bytes(100_000));
    notes.attemptFor(0, "close", () -> close(socket));
  }

  private static String close(Socket socket) throws IOException {
    socket.close();
    return "done";
  }

  private static void closeWithUnread(Socket socket, Notes notes) throws Exception {
    Ask.via(socket, "send 100");
    InputStream in = socket.getInputStream();
    notes.say("arrived", Waits.until(() -> in.available() == 100));
    notes.attempt("close", () -> close(socket));
  }

  private static void peerClosesWithUnread(Socket socket, Notes notes) throws IOException {
    socket.getOutputStream().write("closeunread\nand no more of it".getBytes("US-ASCII"));
    notes.attempt("read", () -> socket.getInputStream().read());
    notes.attempt("read again", () -> socket.getInputStream().read());
  }

  private static void peerSendsAndClosesWithUnread(Socket socket, Notes notes) throws IOException {
    socket.getOutputStream().write("send 10\ncloseunread\nand no more".getBytes("US-ASCII"));
    notes.attempt("read", () -> Stream.read(socket.getInputStream(), 10));
    notes.attempt("read again", () -> socket.getInputStream().read());
  }

  private static void asyncClose(Socket socket, Notes notes) throws IOException {
    Blocked reader = Blocked.in(() -> socket.getInputStream().read()).awaitBlocked();
    notes.attemptFor(0, "close", () -> close(socket));
    notes.say("blocked read", reader.outcome());
  }

  private static void asyncCloseTimed(Socket socket, Notes notes) throws IOException {
    socket.setSoTimeout(3_900);
    asyncClose(socket, notes);
  }

  private static void asyncCloseOfWriter(Socket socket, Notes notes) throws IOException {
    Ask.via(socket, "sink");
    Blocked writer = Blocked.in(() -> writeFor(socket, MAX_WRITES)).awaitBlocked();
    notes.attemptFor(0, "close", () -> close(socket));
    notes.say("blocked write", writer.outcome());
  }

  private static String writeFor(Socket socket, int times) throws IOException {
    OutputStream out = socket.getOutputStream();
    byte[] bytes = Stream.bytes(100_000);
    for (int i = 0; i < times; i++) {
      out.write(bytes);
    }
    return "all written";
  }

  private static void writeAfterPeerClosed(Socket socket, Notes notes) throws Exception {
    Ask.via(socket, "close");
    notes.attempt("read", () -> socket.getInputStream().read());
    notes.say("write", firstFailure(socket));
    notes.attempt("read again", () -> socket.getInputStream().read());
  }

  /** The exception in which a write ends, sooner or later, once the peer is gone. */
  private static Object firstFailure(Socket socket) throws Exception {
    OutputStream out = socket.getOutputStream();
    for (int i = 0; i < MAX_WRITES; i++) {
      try {
        out.write(i);
      } catch (IOException e) {
        return e;
      }
      Waits.pause(2);
    }
    return "none";
  }

  private static void afterClose(Socket socket, Notes notes) throws IOException {
    InputStream in = socket.getInputStream();
    OutputStream out = socket.getOutputStream();
    IdentityScenarios.namePorts(socket, notes);
    socket.close();
    socket.close();
    notes.attempt("read", in::read);
    notes.attempt("write", () -> write(out));
    notes.attempt("getInputStream", socket::getInputStream);
    notes.attempt("getSoTimeout", socket::getSoTimeout);
    notes.attempt("getTcpNoDelay", socket::getTcpNoDelay);
    notes.attempt("remote address", socket::getRemoteSocketAddress);
    notes.attempt("local address", socket::getLocalSocketAddress);
    notes.attempt("text", socket::toString);
    notes.attempt("closed, connected, bound", () -> flags(socket));
  }

  private static String write(OutputStream out) throws IOException {
    out.write(1);
    return "written";
  }

  private static String flags(Socket socket) {
    return socket.isClosed() + " " + socket.isConnected() + " " + socket.isBound();
  }
}

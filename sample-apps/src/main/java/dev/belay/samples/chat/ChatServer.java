package dev.belay.samples.chat;

import dev.belay.samples.program.Arguments;
import dev.belay.samples.program.Endpoint;
import dev.belay.samples.program.Lines;
import dev.belay.samples.program.ServerProgram;
import dev.belay.samples.program.ThreadedServer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Optional;

/**
 * Blocking server with one {@link ChatRoom} and one thread for each connection; it speaks first.
 */
public final class ChatServer {

  /** Port of server and client unless {@code --port} says otherwise. */
  static final int DEFAULT_PORT = 7004;

  private static final String USAGE = "usage: ChatServer [--host 127.0.0.1] [--port 7004]";

  private ChatServer() {}

  /** Starts the server by hand. */
  public static void main(String[] args) {
    new ServerProgram(USAGE, ChatServer::start).runOrExit(args);
  }

  private static Endpoint start(Arguments arguments) throws IOException {
    Endpoint requested = Endpoint.from(arguments, DEFAULT_PORT);
    arguments.rejectUnread();
    return start(requested).endpoint();
  }

  /** Starts a server inside this JVM. */
  public static ThreadedServer start(Endpoint requested) throws IOException {
    return ThreadedServer.start(requested, ChatServer::converse);
  }

  private static void converse(Socket socket) throws IOException {
    Lines said = new Lines(new BufferedInputStream(socket.getInputStream()));
    OutputStream out = socket.getOutputStream();
    ChatRoom room = new ChatRoom();
    out.write(Lines.encode(ChatRoom.BANNER));
    for (Optional<String> next = said.next(); next.isPresent(); next = said.next()) {
      out.write(Lines.encode(room.echo(next.get())));
    }
    out.write(Lines.encode(room.summary()));
  }
}

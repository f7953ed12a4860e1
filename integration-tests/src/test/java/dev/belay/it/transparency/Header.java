package dev.belay.it.transparency;

import java.io.EOFException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.SocketChannel;

/** The first line of a connection: which scenario, and which end walks. */
record Header(String name, Walker walker) {

  /** The end that walks; the other is its partner. */
  enum Walker {
    CLIENT,
    SERVER
  }

  static String of(String name, Walker walker) {
    return name + " " + walker;
  }

  static void send(AutoCloseable end, String header) throws Exception {
    if (end instanceof Socket socket) {
      Ask.via(socket, header);
    } else if (end instanceof SocketChannel channel) {
      Ask.via(channel, header);
    } else if (end instanceof AsynchronousSocketChannel channel) {
      Ask.via(channel, header);
    }
  }

  /** Reads exactly the line. */
  static Header receive(AutoCloseable end) throws Exception {
    StringBuilder line = new StringBuilder();
    for (char c = next(end); c != '\n'; c = next(end)) {
      line.append(c);
    }
    String[] words = line.toString().split(" ", 2);
    return new Header(words[0], Walker.valueOf(words[1]));
  }

  private static char next(AutoCloseable end) throws Exception {
    ByteBuffer one = ByteBuffer.allocate(1);
    int count = -1;
    if (end instanceof Socket socket) {
      count = socket.getInputStream().read(one.array());
    } else if (end instanceof SocketChannel channel) {
      count = channel.read(one);
    } else if (end instanceof AsynchronousSocketChannel channel) {
      count = AsyncScenarios.get(channel.read(one));
    }
    if (count < 0) {
      throw new EOFException("no header");
    }
    return (char) one.get(0);
  }
}

package dev.belay.benchmarks.traffic;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;

/** A thread for each connection. */
final class BlockingServer implements Runnable {
  private static final int READ_BYTES = 64 << 10;

  private final ServerSocket listening;

  BlockingServer(ServerSocket listening) {
    this.listening = listening;
  }

  @Override
  public void run() {
    while (true) {
      try {
        Socket connection = listening.accept();
        Thread thread = new Thread(() -> serve(connection), "connection");
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        System.err.println("accept: " + e);
      }
    }
  }

  private static void serve(Socket connection) {
    try (connection) {
      connection.setTcpNoDelay(true);
      InputStream in = connection.getInputStream();
      OutputStream out = connection.getOutputStream();
      Exchange exchange = Exchange.read(new DataInputStream(in));
      if (exchange != null) {
        serve(exchange, in, out);
      }
    } catch (EOFException e) {
      return; // the client is done
    } catch (IOException e) {
      System.err.println("connection: " + e);
    }
  }

  private static void serve(Exchange exchange, InputStream in, OutputStream out)
      throws IOException {
    switch (exchange.kind()) {
      case DOWN -> send(exchange, out);
      case UP -> {
        while (true) {
          receive(exchange.totalBytes(), in, out);
        }
      }
      case ECHO -> echo(exchange, in, out);
    }
  }

  private static void send(Exchange exchange, OutputStream out) throws IOException {
    byte[] chunk = new byte[exchange.sizeBytes()];
    for (long left = exchange.totalBytes(); left > 0; left -= chunk.length) {
      out.write(chunk, 0, (int) Math.min(left, chunk.length));
    }
  }

  private static void receive(long totalBytes, InputStream in, OutputStream out)
      throws IOException {
    byte[] buffer = new byte[READ_BYTES];
    long left = totalBytes;
    while (left > 0) {
      int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (n < 0) {
        throw new EOFException();
      }
      left -= n;
    }
    out.write(1);
  }

  private static void echo(Exchange exchange, InputStream in, OutputStream out) throws IOException {
    if (exchange.totalBytes() > 0) {
      receive(exchange.totalBytes(), in, out);
    }
    byte[] message = new byte[exchange.sizeBytes()];
    while (in.readNBytes(message, 0, message.length) == message.length) {
      out.write(message);
    }
  }
}

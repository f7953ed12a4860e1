package dev.belay.it.programs;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import javax.net.SocketFactory;

/** Two threads for each connection: one sends, one receives. */
final class BlockingClient {
  private static final int BUFFER_BYTES = 32 << 10;

  private final Conversation conversation;
  private final SocketFactory sockets;
  private final ThreadFactory threads;

  private BlockingClient(Conversation conversation, SocketFactory sockets, ThreadFactory threads) {
    this.sockets = sockets;
    this.conversation = conversation;
    this.threads = threads;
  }

  static void begin(List<Conversation> conversations, SocketFactory sockets, Threads kind) {
    ThreadFactory threads = kind.factory();
    for (Conversation conversation : conversations) {
      threads.newThread(new BlockingClient(conversation, sockets, threads)::converse).start();
    }
  }

  private void converse() {
    try (Socket socket = sockets.createSocket()) {
      socket.connect(conversation.load().server());
      noteAddresses(socket);
      threads.newThread(() -> send(socket)).start();
      receive(socket.getInputStream());
      noteAddresses(socket);
      conversation.inputEnded();
    } catch (IOException | RuntimeException e) {
      conversation.failed(e);
    }
  }

  private void receive(InputStream in) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      conversation.received(buffer, 0, n);
    }
  }

  private void send(Socket socket) {
    try {
      sendAll(socket.getOutputStream());
      socket.shutdownOutput();
    } catch (IOException | RuntimeException e) {
      conversation.failed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void sendAll(OutputStream out) throws IOException, InterruptedException {
    while (!conversation.isAllSent() && !conversation.isOver()) {
      byte[] request = conversation.awaitRequest();
      if (request != null) {
        out.write(request);
      }
    }
  }

  private void noteAddresses(Socket socket) {
    conversation.addresses(socket.getLocalSocketAddress(), socket.getRemoteSocketAddress());
  }
}

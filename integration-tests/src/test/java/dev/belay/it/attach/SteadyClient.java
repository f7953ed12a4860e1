package dev.belay.it.attach;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps conversations with an {@link EchoServer} going until it is told to end them; for a test's
 * child JVM.
 *
 * <p>Arguments: the port on 127.0.0.1. Takes commands on standard input: {@code open} begins one
 * more conversation, the first is number 1, and {@code end N} ends one in order.
 */
public final class SteadyClient {
  private final int port;
  private final List<Conversation> conversations = new ArrayList<>();

  private SteadyClient(int port) {
    this.port = port;
  }

  /** Obeys until its standard input ends. */
  public static void main(String[] args) throws IOException {
    System.out.println("ready");
    new SteadyClient(Integer.parseInt(args[0])).obey();
    System.exit(0);
  }

  private void obey() throws IOException {
    var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      String[] words = line.split(" ");
      if (words[0].equals("open")) {
        open();
      } else {
        conversations.get(Integer.parseInt(words[1]) - 1).end();
      }
    }
  }

  private void open() {
    Conversation conversation = new Conversation(conversations.size() + 1, port);
    conversations.add(conversation);
    new Thread(conversation, "conversation").start();
  }
}

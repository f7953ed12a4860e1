package dev.belay.samples.chat;

import dev.belay.samples.program.Arguments;
import dev.belay.samples.program.ClientProgram;
import dev.belay.samples.program.Connections;
import dev.belay.samples.program.Dialogue;
import dev.belay.samples.program.Endpoint;
import dev.belay.samples.program.LineClient;
import dev.belay.samples.program.Progress;
import dev.belay.samples.program.WrongDataException;
import java.io.IOException;
import java.io.PrintStream;

/**
 * Chats in lines drawn from a seed and checks the banner, every echo and the summary after its
 * half-close.
 */
public final class ChatClient {

  private static final String USAGE =
      "usage: ChatClient [--host 127.0.0.1] [--port 7004] [--lines 1000] [--seed 1] [--rate"
          + " PER_SECOND]\n"
          + "  [--window 1] [--connections 1] [--timeout MS] [--progress]\n"
          + "rate, lines and window are those of each connection; without a timeout reads wait for"
          + " ever";

  private ChatClient() {}

  /** Runs the client by hand. */
  public static void main(String[] args) {
    System.exit(run(System.out, args));
  }

  /** Runs the client inside this JVM; returns its exit status. */
  public static int run(PrintStream out, String... args) {
    return new ClientProgram(USAGE, ChatClient::chat).run(out, args);
  }

  private static String chat(Arguments arguments, PrintStream out) throws Exception {
    Endpoint server = Endpoint.from(arguments, ChatServer.DEFAULT_PORT);
    Dialogue.Settings settings = Dialogue.Settings.from(arguments, "lines");
    int connections = arguments.number("connections", 1, 1, Connections.MAX);
    int timeoutMs = arguments.timeoutMs();
    long seed = arguments.seed();
    try (Progress progress = Progress.start(arguments, out)) {
      arguments.rejectUnread();
      progress.expect((long) connections * settings.count());
      Connections.runAll(
          connections,
          number -> {
            try (LineClient client = new LineClient(server, timeoutMs, progress)) {
              chat(client, new Dialogue(client, settings, progress), new ChatScript(seed + number));
            }
          });
      return "connections=" + connections + " lines=" + progress.done() + " " + progress.times();
    }
  }

  private static void chat(LineClient client, Dialogue dialogue, ChatScript script)
      throws IOException, WrongDataException {
    WrongDataException.check("banner", ChatRoom.BANNER, client.receive("banner"));
    dialogue.run(script);
    client.endOutput();
    WrongDataException.check("summary", script.expectedSummary(), client.receive("summary"));
    client.requireEnd();
  }
}

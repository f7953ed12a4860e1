package dev.belay.samples.program;

import java.io.IOException;

/**
 * Sends the lines of a script and checks one reply for each, keeping up to a window of them in
 * flight. A full window of short lines fits the smallest socket buffers, so that writing never
 * waits for the reading of the same thread. Used by one thread.
 */
public final class Dialogue {

  /** Largest window: 1024 lines of less than 100 bytes each way. */
  public static final int MAX_WINDOW = 1024;

  private final LineClient client;
  private final Settings settings;
  private final Progress progress;
  private final Pace pace;
  private int sent;
  private int checked;

  /** A dialogue that has not begun. */
  public Dialogue(LineClient client, Settings settings, Progress progress) {
    this.client = client;
    this.settings = settings;
    this.progress = progress;
    this.pace = new Pace(settings.rate());
  }

  /** Sends all lines and checks all replies. */
  public void run(Script script) throws IOException, WrongDataException {
    while (checked < settings.count()) {
      if (mayStillSend()) {
        pace.take(1);
        client.send(script.nextLine());
        sent++;
      }
      if (!mayStillSend() || settings.rate() > 0) {
        receive(script);
      }
    }
  }

  private boolean mayStillSend() {
    return sent < settings.count() && sent - checked < settings.window();
  }

  private void receive(Script script) throws IOException, WrongDataException {
    client.flush();
    while (sent > checked && (!mayStillSend() || client.hasInput())) {
      String where = "reply " + (checked + 1);
      script.checkReply(where, client.receive(where));
      checked++;
      progress.advance(1);
    }
  }

  /**
   * How to talk.
   *
   * @param count lines on each connection
   * @param window lines in flight, 1 for question and answer
   * @param rate lines a second on each connection, 0 for as fast as possible
   */
  public record Settings(int count, int window, long rate) {

    /** Reads the count's option, {@code --window} and {@code --rate}. */
    public static Settings from(Arguments arguments, String countOption) {
      return new Settings(
          arguments.number(countOption, 1000, 0, Integer.MAX_VALUE),
          arguments.number("window", 1, 1, MAX_WINDOW),
          arguments.size("rate", 0));
    }
  }

  /** The lines and the replies they deserve. */
  public interface Script {

    /** The next line to send. */
    String nextLine();

    /** Checks the reply to the oldest line that has none yet. */
    void checkReply(String where, String reply) throws WrongDataException;
  }
}

package dev.belay.samples.chaos.trace;

import java.util.Map;
import java.util.Optional;

/**
 * A session went on after it had lost its link, as the client's agent tells it.
 *
 * @param timeMs when it went on, by the wall clock
 * @param kind where
 * @param session its id
 * @param fromDoor door port of the server that it had
 * @param toDoor door port of the server that it has now
 * @param cause why the agent gave the link up
 * @param stallMs from the loss to going on
 * @param replayedBytes input that was replayed to a fresh handler
 */
public record Move(
    long timeMs,
    Kind kind,
    String session,
    int fromDoor,
    int toDoor,
    String cause,
    long stallMs,
    long replayedBytes) {

  /** Where a session goes on. */
  public enum Kind {
    /** On the same server, over a new link. */
    RESUME,
    /** On another server, by replay. */
    TAKEOVER
  }

  /** When the link was given up. */
  public long lostMs() {
    return timeMs - stallMs;
  }

  /** Decodes a log line; empty if it tells of something else. */
  public static Optional<Move> of(AgentLine line) {
    Kind kind =
        switch (line.subject()) {
          case "takeover" -> Kind.TAKEOVER;
          case "resume" -> Kind.RESUME;
          default -> null;
        };
    Map<String, String> fields = line.fields();
    if (kind == null || !fields.containsKey("stall") || !fields.containsKey("from")) {
      return Optional.empty();
    }
    return Optional.of(
        new Move(
            line.timeMs(),
            kind,
            fields.getOrDefault("session", ""),
            door(fields.get("from")),
            door(fields.getOrDefault("to", "")),
            fields.getOrDefault("cause", "").replace('-', ' '),
            number(fields.get("stall").replace("ms", "")),
            number(fields.getOrDefault("replayed", "0"))));
  }

  /** Of {@code host:port@door}; 0 if there is none. */
  private static int door(String target) {
    return (int) number(target.substring(target.lastIndexOf('@') + 1));
  }

  private static long number(String text) {
    return text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
  }
}

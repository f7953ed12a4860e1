package dev.belay.samples.chaos.trace;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All that the agents of one run said that matters.
 *
 * @param moves of sessions, in the order of time
 * @param troubles warnings and errors, in the order of time
 * @param replays that servers began
 */
public record Trace(List<Move> moves, List<Trouble> troubles, long replays) {

  /** Reads all logs in a directory. */
  public static Trace read(Path logs) throws IOException {
    List<Move> moves = new ArrayList<>();
    List<Trouble> troubles = new ArrayList<>();
    long replays = 0;
    for (Path log : logsIn(logs)) {
      try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
        for (AgentLine line : lines.map(AgentLine::parse).flatMap(Optional::stream).toList()) {
          Move.of(line).ifPresent(moves::add);
          replays += line.subject().equals("replay begins") ? 1 : 0;
          if (line.isTrouble()) {
            troubles.add(new Trouble(line, name(log)));
          }
        }
      }
    }
    moves.sort(Comparator.comparingLong(Move::timeMs));
    troubles.sort(Comparator.comparingLong(trouble -> trouble.line().timeMs()));
    return new Trace(List.copyOf(moves), List.copyOf(troubles), replays);
  }

  private static List<Path> logsIn(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
    }
  }

  private static String name(Path log) {
    return log.getFileName().toString().replace(".log", "");
  }

  /**
   * A warning or an error.
   *
   * @param line as it was written
   * @param who the name of the log
   */
  public record Trouble(AgentLine line, String who) {}
}

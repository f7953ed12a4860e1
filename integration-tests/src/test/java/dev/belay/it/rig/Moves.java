package dev.belay.it.rig;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Planned moves: what a client's log tells of them, and the command that asks for them. */
public final class Moves {
  private static final Pattern MOVED =
      Pattern.compile(" moved: .*from=\\S+ to=\\S+ .*pause=(\\d+)ms replayed=(\\d+)");

  private Moves() {}

  /** One of a client's sessions: how long it stood still, and how much input was replayed. */
  public record Move(long pauseMs, long replayedBytes) {}

  /** In the order of the log. */
  public static List<Move> of(Jvm client) {
    List<Move> moves = new ArrayList<>();
    for (String line : client.agentLog()) {
      Matcher moved = MOVED.matcher(line);
      if (moved.find()) {
        moves.add(new Move(Long.parseLong(moved.group(1)), Long.parseLong(moved.group(2))));
      }
    }
    return moves;
  }

  /** As many moves as that, and nothing that was not prepared. */
  public static List<Move> assertMoved(Jvm client, int count) {
    client.awaitLog(count, MOVED.pattern());
    List<Move> moves = of(client);
    assertThat(moves).hasSize(count);
    assertThat(client.agentLog()).noneMatch(line -> line.contains(" takeover: "));
    return moves;
  }

  /** {@code java -jar belay-agent.jar drain}. */
  public static Jvm drain(Rig rig, Jdk jdk, Jvm server, String... more) {
    String[] args = new String[2 + more.length];
    args[0] = "drain";
    args[1] = String.valueOf(server.pid());
    System.arraycopy(more, 0, args, 2, more.length);
    return rig.jvm("drain", jdk).jar(Launch.agentJar(), args);
  }
}

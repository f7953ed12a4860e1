package dev.belay.samples.chat;

import dev.belay.samples.program.Dialogue;
import dev.belay.samples.program.WrongDataException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Random;

/** Small talk drawn from a seed, and the echoes and the summary it must get. Used by one thread. */
final class ChatScript implements Dialogue.Script {

  private static final String[] WORDS = {
    "hello", "grüß", "dich", "どうも", "rope", "belay", "anchor", "climb", "", "😀", "on", "slack"
  };
  private static final int MAX_WORDS = 8;

  private final Random random;
  private final ChatRoom model = new ChatRoom();
  private final Queue<String> expectedEchoes = new ArrayDeque<>();

  /** The same seed gives the same lines. */
  ChatScript(long seed) {
    this.random = new Random(seed);
  }

  @Override
  public String nextLine() {
    StringBuilder line = new StringBuilder();
    for (int left = random.nextInt(MAX_WORDS + 1); left > 0; left--) {
      line.append(WORDS[random.nextInt(WORDS.length)]).append(left > 1 ? " " : "");
    }
    expectedEchoes.add(model.echo(line.toString()));
    return line.toString();
  }

  @Override
  public void checkReply(String where, String reply) throws WrongDataException {
    WrongDataException.check(where, expectedEchoes.remove(), reply);
  }

  /** The summary that must follow the last echo. */
  String expectedSummary() {
    return model.summary();
  }
}

package dev.belay.samples.calculator;

import dev.belay.samples.program.Dialogue;
import dev.belay.samples.program.WrongDataException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Random;

/**
 * Requests drawn from a seed, and the replies that the client's own {@link Calculator} gives to
 * them. Used by one thread.
 */
final class CalculationScript implements Dialogue.Script {

  private static final String[] WORDS = {
    "add", "add", "subtract", "multiply", "store", "recall", "clear"
  };
  private static final int MEMORIES = 26;

  private final Random random;
  private final Calculator model = new Calculator();
  private final Queue<String> expectedReplies = new ArrayDeque<>();

  /** The same seed gives the same requests. */
  CalculationScript(long seed) {
    this.random = new Random(seed);
  }

  @Override
  public String nextLine() {
    String request = request(WORDS[random.nextInt(WORDS.length)]);
    expectedReplies.add(model.reply(request));
    return request;
  }

  @Override
  public void checkReply(String where, String reply) throws WrongDataException {
    WrongDataException.check(where, expectedReplies.remove(), reply);
  }

  private String request(String word) {
    return switch (word) {
      case "clear" -> random.nextInt(10) == 0 ? word : "add 1";
      case "store", "recall" -> word + " " + memory();
      default -> word + " " + (random.nextBoolean() ? memory() : number());
    };
  }

  private String memory() {
    return String.valueOf((char) ('a' + random.nextInt(MEMORIES)));
  }

  private String number() {
    return String.valueOf(random.nextInt(1_000_000) - 500_000);
  }
}

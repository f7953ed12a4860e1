package dev.belay.samples.calculator;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;

/**
 * State of one calculation: a running total, memories named by a small letter and a checksum over
 * the history. A reply is a function of the requests so far and of nothing else. Used by one
 * thread.
 */
final class Calculator {

  private final Map<String, Long> memories = new TreeMap<>();
  private final CRC32 history = new CRC32();
  private long historyCount;
  private long total;

  /** The reply to the next request: {@code COUNT RESULT total=T memories=M history=CHECKSUM}. */
  String reply(String request) {
    historyCount++;
    history.update(request.getBytes(StandardCharsets.UTF_8));
    history.update('\n');
    return historyCount
        + " "
        + result(request.split(" ", -1))
        + " total="
        + total
        + " memories="
        + memories.size()
        + " history="
        + Long.toHexString(history.getValue());
  }

  private String result(String[] words) {
    try {
      return words.length == 1 ? simple(words[0]) : withOperand(words[0], words[1]);
    } catch (IllegalArgumentException e) {
      return "error";
    }
  }

  private String simple(String word) {
    if (word.equals("clear")) {
      total = 0;
      memories.clear();
      return "cleared";
    }
    throw new IllegalArgumentException("unknown request " + word);
  }

  private String withOperand(String word, String operand) {
    return switch (word) {
      case "add" -> newTotal("sum", total + value(operand));
      case "subtract" -> newTotal("difference", total - value(operand));
      case "multiply" -> newTotal("product", total * value(operand));
      case "recall" -> newTotal("recalled", value(memoryName(operand)));
      case "store" -> store(memoryName(operand));
      default -> throw new IllegalArgumentException("unknown request " + word);
    };
  }

  private String newTotal(String result, long newTotal) {
    total = newTotal;
    return result;
  }

  private String store(String name) {
    memories.put(name, total);
    return "stored";
  }

  private long value(String operand) {
    if (isMemoryName(operand)) {
      return memories.getOrDefault(operand, 0L);
    }
    return Long.parseLong(operand);
  }

  private static String memoryName(String operand) {
    if (!isMemoryName(operand)) {
      throw new IllegalArgumentException("not a memory: " + operand);
    }
    return operand;
  }

  private static boolean isMemoryName(String operand) {
    return operand.length() == 1 && operand.charAt(0) >= 'a' && operand.charAt(0) <= 'z';
  }
}

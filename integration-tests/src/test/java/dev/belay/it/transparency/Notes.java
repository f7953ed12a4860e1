package dev.belay.it.transparency;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one end of one scenario saw, line by line, the ports in it replaced by names.
 *
 * <p>Nothing is printed before {@link #print}, and then all at once: so the lines of two ends never
 * mix. Safe for any thread.
 */
final class Notes {
  private static final Pattern PORT = Pattern.compile("(?<=[:=])\\d{4,5}\\b");

  private final String label;
  private final List<String> lines = new ArrayList<>();
  private final Map<String, String> portNames = new HashMap<>();
  private boolean isPrinted;

  Notes(String label) {
    this.label = label;
  }

  /** From now on this port is written as the name. */
  synchronized void port(int port, String name) {
    portNames.put(String.valueOf(port), name);
  }

  synchronized void say(String what, Object value) {
    if (!isPrinted) {
      lines.add(label + " | " + what + ": " + normalised(Outcome.text(value)));
    }
  }

  /** Notes the value of a call, or the exception it ended in. */
  void attempt(String what, Callable<?> call) {
    say(what, Outcome.of(call));
  }

  /** As {@link #attempt}, and whether the call took as long as it had to. */
  void attemptFor(long leastMs, String what, Callable<?> call) {
    long startNs = System.nanoTime();
    attempt(what, call);
    tookAtLeast(leastMs, startNs, what);
  }

  /** Whether at least so long has passed; and not much longer. */
  void tookAtLeast(long leastMs, long startNs, String what) {
    long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
    // One millisecond for the coarser clock of poll(2), three seconds for a busy machine.
    say(what + " took its time", tookMs >= leastMs - 1 && tookMs < leastMs + 3_000);
  }

  synchronized void print() {
    isPrinted = true;
    lines.forEach(System.out::println);
    System.out.flush();
  }

  private String normalised(String text) {
    Matcher matcher = PORT.matcher(text);
    return matcher.replaceAll(
        found -> portNames.getOrDefault(found.group(), Matcher.quoteReplacement(found.group())));
  }
}

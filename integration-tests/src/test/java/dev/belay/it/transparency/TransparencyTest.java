package dev.belay.it.transparency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.it.rig.EachJdk;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * {@link Probe} and {@link ProbeServer} print the same, line for line, without the agent and with
 * it at either end.
 */
@ExtendWith(RigExtension.class)
@Timeout(120)
class TransparencyTest {
  private static final int LEAST_LABELS = 100;
  private static final Map<Jdk, Map<String, List<String>>> PLAIN = new ConcurrentHashMap<>();

  @EachJdk
  void shouldPrintTheSameWithTheAgentAtBothEnds(Jdk jdk, Rig rig) throws Exception {
    Map<String, List<String>> plain = plain(jdk, rig);

    Map<String, List<String>> protectedRun = new ProbeRun(rig, jdk).client().server().notes();

    assertSame(protectedRun, plain);
  }

  @EachJdk
  void shouldPrintTheSameWithTheAgentAtTheClient(Jdk jdk, Rig rig) throws Exception {
    Map<String, List<String>> plain = plain(jdk, rig);

    Map<String, List<String>> clientRun = new ProbeRun(rig, jdk).client().notes();

    assertSame(clientRun, plain);
  }

  @EachJdk
  void shouldPrintTheSameWithTheAgentAtTheServer(Jdk jdk, Rig rig) throws Exception {
    Map<String, List<String>> plain = plain(jdk, rig);

    Map<String, List<String>> serverRun = new ProbeRun(rig, jdk).server().notes();

    assertSame(serverRun, plain);
  }

  /** Without any agent; once for each JDK. */
  private static Map<String, List<String>> plain(Jdk jdk, Rig rig) throws Exception {
    Map<String, List<String>> plain = PLAIN.get(jdk);
    if (plain == null) {
      plain = new ProbeRun(rig, jdk).notes();
      PLAIN.put(jdk, plain);
    }
    return plain;
  }

  private static void assertSame(
      Map<String, List<String>> actual, Map<String, List<String>> plain) {
    Set<String> labels = new TreeSet<>(plain.keySet());
    labels.addAll(actual.keySet());
    List<String> differences = new ArrayList<>();
    for (String label : labels) {
      differences.addAll(
          differences(plain.getOrDefault(label, List.of()), actual.getOrDefault(label, List.of())));
    }
    assertThat(plain).hasSizeGreaterThan(LEAST_LABELS);
    assertThat(differences).as("plain, and what it is with the agent").isEmpty();
  }

  /** Line by line; a missing line is null. */
  private static List<String> differences(List<String> plain, List<String> actual) {
    return IntStream.range(0, Math.max(plain.size(), actual.size()))
        .filter(i -> !Objects.equals(line(plain, i), line(actual, i)))
        .mapToObj(i -> line(plain, i) + "  BUT  " + line(actual, i))
        .toList();
  }

  private static String line(List<String> lines, int index) {
    return index < lines.size() ? lines.get(index) : null;
  }
}

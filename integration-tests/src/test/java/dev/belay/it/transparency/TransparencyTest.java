package dev.belay.it.transparency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.it.rig.EachJdk;
import dev.belay.it.rig.Jdk;
import dev.belay.it.rig.Rig;
import dev.belay.it.rig.RigExtension;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * {@link Probe} and {@link ProbeServer} print the same, line for line, without the agent and with
 * it at either end.
 */
@ExtendWith(RigExtension.class)
@Timeout(120)
class TransparencyTest {
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
    Map<String, List<String>> different = new TreeMap<>();
    plain.forEach(
        (label, lines) -> {
          if (!lines.equals(actual.get(label))) {
            different.put(label, lines);
          }
        });
    assertThat(plain).hasSizeGreaterThan(100);
    Map<String, List<String>> instead = new TreeMap<>(actual);
    instead.keySet().removeIf(label -> plain.containsKey(label) && !different.containsKey(label));
    assertThat(instead).as("what differs").isEqualTo(different);
  }
}

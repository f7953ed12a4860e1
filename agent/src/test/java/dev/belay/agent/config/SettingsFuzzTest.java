package dev.belay.agent.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any text for a setting, the first byte saying for which: it is understood or complained of, in
 * one line that shows no secret, and never anything else.
 */
final class SettingsFuzzTest {
  private static final Key[] KEYS = Key.values();

  /** Of less the line has some by chance. */
  private static final int SHORT_CHARACTERS = 8;

  static Stream<byte[]> seeds() {
    return Stream.of(KEYS).flatMap(SettingsFuzzTest::seedsOf);
  }

  private static Stream<byte[]> seedsOf(Key key) {
    return Stream.of(
            String.valueOf(key.defaultText()),
            "a:7001@7401|b:7001@7401,[::1]:80@99999",
            "-1",
            "9223372036854775807g",
            "1e9ms",
            "abort,x=continue,=,",
            "\u0000\u001b[2J\u0085\n,:@|=*",
            "")
        .map(value -> ((char) key.ordinal() + value).getBytes(UTF_8));
  }

  @MethodSource("seeds")
  @FuzzTest
  void shouldUnderstandOrComplainInOneLine(byte[] bytes) {
    if (bytes.length == 0) {
      return;
    }
    Key key = KEYS[(bytes[0] & 0xff) % KEYS.length];
    if (key == Key.CONFIG) {
      return; // a file of this machine
    }
    String value = new String(bytes, 1, bytes.length - 1, UTF_8);
    Properties properties = new Properties();
    properties.setProperty(key.text(), value);

    Settings.Loaded loaded = Settings.load(null, Map.of(), properties);

    assertNotNull(loaded.settings());
    assertEquals(loaded.problems(), Settings.load(null, Map.of(), properties).problems());
    for (Problem problem : loaded.problems()) {
      assertFalse(problem.line().chars().anyMatch(Character::isISOControl), problem::line);
      assertFalse(isSecret(key) && shows(problem, value), problem::line);
    }
  }

  private static boolean shows(Problem problem, String value) {
    return value.length() > SHORT_CHARACTERS && problem.line().contains(value);
  }

  private static boolean isSecret(Key key) {
    return key == Key.SECRET || key == Key.CLUSTER_KEY;
  }
}

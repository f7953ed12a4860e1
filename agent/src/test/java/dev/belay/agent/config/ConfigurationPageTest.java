package dev.belay.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The documentation names every key with its default; one that is forgotten fails here. */
final class ConfigurationPageTest {

  private static final Path PAGE = Path.of("..", "docs", "configuration.md");

  @ParameterizedTest
  @EnumSource(Key.class)
  void shouldListTheKeyWithItsDefault(Key key) throws Exception {
    List<String> lines = Files.readAllLines(PAGE);

    String shown = key.defaultText() == null ? "" : key.defaultText();
    assertThat(lines)
        .anyMatch(line -> line.startsWith("| `" + key.text() + "` |") && line.contains(shown));
  }
}

package dev.belay.agent.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** docs/protocol.md shows what is sent. */
final class ProtocolDocsTest {

  private static final Path FILE = Path.of("..", "docs", "protocol.md");

  @ParameterizedTest
  @EnumSource
  void shouldShowTheBytesOfTheExample(Golden golden) throws IOException {
    assertThat(ProtocolDocs.hexBlocks())
        .containsEntry(golden.nameInDocs(), Bytes.copyOf(golden.bytes()).toString());
  }

  @Test
  void shouldShowNoBytesThatNoTestKnows() throws IOException {
    List<String> known = new ArrayList<>(List.of("mac-key", "mac-key-secret", "turn-batch"));
    for (Golden golden : Golden.values()) {
      known.add(golden.nameInDocs());
    }

    assertThat(ProtocolDocs.hexBlocks().keySet()).containsExactlyInAnyOrderElementsOf(known);
  }

  @ParameterizedTest
  @EnumSource
  void shouldListTheRefusal(Refusal refusal) throws IOException {
    String row =
        "| %d | %s | %s |"
            .formatted(refusal.code(), refusal.name(), refusal.isAllowedUnsigned() ? "yes" : "no");

    assertThat(Files.readString(FILE)).contains(row);
  }

  @ParameterizedTest
  @EnumSource
  void shouldListTheFrameType(FrameType type) throws IOException {
    assertThat(Files.readString(FILE)).contains("| %d | %s |".formatted(type.code(), type.name()));
  }
}

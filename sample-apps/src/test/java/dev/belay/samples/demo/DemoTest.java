package dev.belay.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demo tells the truth, which without an agent is bad news. */
@Timeout(120)
class DemoTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @TempDir Path directory;

  @Test
  void shouldFailWithoutTheAgent() throws IOException {
    Path file = directory.resolve("zeros");
    try (RandomAccessFile zeros = new RandomAccessFile(file.toFile(), "rw")) {
      zeros.setLength(64L << 20);
    }

    int status = demo("--no-agent", "--logs", directory.toString(), file.toString());

    assertThat(status).isEqualTo(1);
    assertThat(output())
        .contains("kill -9 server 1", "exit status 2", "NOT EQUAL", "verdict: WRONG");
  }

  @Test
  void shouldRefuseAFileThatFitsTheBuffers() throws IOException {
    Path file = directory.resolve("small");
    try (RandomAccessFile small = new RandomAccessFile(file.toFile(), "rw")) {
      small.setLength(1 << 20);
    }

    assertThat(demo("--no-agent", file.toString())).isEqualTo(2);
    assertThat(output()).contains("at least 16 MB");
  }

  @Test
  void shouldAskForTheAgent() {
    assertThat(demo()).isEqualTo(2);
    assertThat(output()).contains("--agent");
  }

  private int demo(String... args) {
    return Demo.run(new PrintStream(bytes, true, StandardCharsets.UTF_8), args);
  }

  private String output() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}

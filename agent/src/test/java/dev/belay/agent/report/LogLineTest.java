package dev.belay.agent.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LogLineTest {

  private static final DateTimeFormatter ISO =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  @Test
  void shouldHaveTimeNameLevelAndMessage() {
    assertThat(line("session moved", null, false))
        .isEqualTo("2026-01-31T12:00:00.123Z belay INFO session moved\n");
  }

  @Test
  void shouldNameTheCause() {
    assertThat(line("no door", new IOException("port\ntaken"), false))
        .endsWith(" belay INFO no door: java.io.IOException: port taken\n");
  }

  @Test
  void shouldKeepAStackInOneLine() {
    Exception cause = new IOException("outer", new IOException("inner"));

    assertThat(line("no door", cause, true))
        .contains(" < dev.belay.agent.report.LogLineTest.shouldKeepAStackInOneLine:")
        .endsWith(" << java.io.IOException: inner\n")
        .containsOnlyOnce("\n");
  }

  @Test
  void shouldNotLetAMessageForgeAnEntry() {
    assertThat(line("a\r\n2026-01-31T12:00:00.124Z belay ERROR b", null, false))
        .endsWith(" belay INFO a  2026-01-31T12:00:00.124Z belay ERROR b\n")
        .containsOnlyOnce("\n");
  }

  @Test
  void shouldFormatTimeAsTheJdkDoes() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      long timeMs = random.nextLong(253_402_300_800_000L);
      StringBuilder text = new StringBuilder();
      LogLine.appendTime(text, timeMs);
      assertThat(text.toString())
          .as("seed %s time %s", seed, timeMs)
          .isEqualTo(ISO.format(Instant.ofEpochMilli(timeMs)));
    }
  }

  private static String line(String message, Throwable cause, boolean stack) {
    long timeMs = Instant.parse("2026-01-31T12:00:00.123Z").toEpochMilli();
    return new String(
        LogLine.of(timeMs, LogLevel.INFO, message, cause, stack), StandardCharsets.UTF_8);
  }
}

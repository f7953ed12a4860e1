package dev.belay.agent.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class AgentLogTest {

  @TempDir Path directory;

  private final List<String> lines = new ArrayList<>();

  @AfterEach
  void restore() {
    AgentLog.open(LogLevel.INFO, (File) null);
  }

  @Test
  void shouldLogItsLevelAndWhatIsMoreSevere() {
    AgentLog.open(LogLevel.WARN, this::keep);

    AgentLog.error("e");
    AgentLog.warn("w");
    AgentLog.info("i");
    AgentLog.debug("d");

    assertThat(lines).hasSize(2);
    assertThat(lines.get(0)).endsWith(" belay ERROR e\n");
    assertThat(lines.get(1)).endsWith(" belay WARN w\n");
  }

  @Test
  void shouldSayNothingWhenOff() {
    AgentLog.open(LogLevel.OFF, this::keep);

    AgentLog.error("e", new IOException());

    assertThat(lines).isEmpty();
  }

  @Test
  void shouldShowStacksOnlyAtDebug() {
    AgentLog.open(LogLevel.INFO, this::keep);
    AgentLog.warn("w", new IOException("x"));
    AgentLog.open(LogLevel.DEBUG, this::keep);
    AgentLog.debug("d", new IOException("x"));

    assertThat(AgentLog.isDebug()).isTrue();
    assertThat(lines.get(0)).endsWith(" belay WARN w: java.io.IOException: x\n");
    assertThat(lines.get(1)).contains(" < dev.belay.agent.report.AgentLogTest.");
  }

  @Test
  void shouldWarnOnceForAKey() {
    AgentLog.open(LogLevel.INFO, this::keep);

    AgentLog.warnOnce("plain a:7001", "first");
    AgentLog.warnOnce("plain a:7001", "second");
    AgentLog.warnOnce("plain b:7001", "third");

    assertThat(lines).hasSize(2);
    assertThat(lines.get(1)).endsWith(" third\n");
  }

  @Test
  void shouldSurviveASinkThatThrows() {
    long before = AgentLog.droppedEntries();
    AgentLog.open(LogLevel.INFO, AgentLogTest::refuse);

    AgentLog.info("i");
    AgentLog.info(null);

    assertThat(AgentLog.droppedEntries()).isEqualTo(before + 2);
  }

  @Test
  void shouldAppendToAFile() throws Exception {
    Path file = Files.writeString(directory.resolve("belay.log"), "before\n");
    AgentLog.open(LogLevel.INFO, file.toFile());

    AgentLog.info("gr\u00fcn");

    assertThat(Files.readAllLines(file)).hasSize(2).first().isEqualTo("before");
    assertThat(Files.readAllLines(file).get(1)).endsWith(" belay INFO gr\u00fcn");
  }

  @Test
  void shouldKeepLinesWholeFromSeveralThreads() throws Exception {
    Path file = directory.resolve("belay.log");
    AgentLog.open(LogLevel.INFO, file.toFile());
    CountDownLatch done = new CountDownLatch(4);
    for (int i = 0; i < 4; i++) {
      String message = String.valueOf((char) ('a' + i)).repeat(200);
      new Thread(() -> logOften(message, done)).start();
    }

    assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();

    List<String> lines = Files.readAllLines(file); // threads of other tests may log, too
    assertThat(lines).allMatch(line -> line.matches(".{24} belay (DEBUG|INFO|WARN|ERROR) .*"));
    assertThat(lines)
        .filteredOn(line -> line.matches(".{24} belay INFO (a{200}|b{200}|c{200}|d{200})"))
        .hasSize(4_000);
  }

  private static void logOften(String message, CountDownLatch done) {
    for (int i = 0; i < 1_000; i++) {
      AgentLog.info(message);
    }
    done.countDown();
  }

  private void keep(byte[] line) {
    lines.add(new String(line, StandardCharsets.UTF_8));
  }

  private static void refuse(byte[] line) throws IOException {
    throw new IOException("no space left on device");
  }
}

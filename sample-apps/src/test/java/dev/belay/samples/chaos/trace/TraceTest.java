package dev.belay.samples.chaos.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be read out of the agents' logs, whatever else stands in them. */
class TraceTest {

  private static final String TAKEOVER =
      "2026-11-23T13:59:12.015Z belay INFO takeover: service=20646 session=fc99 epoch=1"
          + " from=127.0.0.1:20646@20647 to=127.0.0.1:28458@28459 cause=Connection-reset-by-peer"
          + " stall=65ms replayed=3463 suppressed=18629 resent=0";
  private static final String RESUME =
      "2026-11-23T13:59:11.000Z belay INFO resume: service=20646 session=08c3 epoch=0"
          + " from=127.0.0.1:20646@20647 to=127.0.0.1:20646@20647 cause=data-link-lost stall=8ms"
          + " replayed=0 suppressed=0 resent=17";
  private static final String LOST =
      "2026-11-23T13:59:13.000Z belay WARN session lost: service=1 session=aa reason=resume window"
          + " of 30000ms expired";

  @TempDir Path directory;

  @Test
  void shouldReadMovesInTheOrderOfTime() throws IOException {
    log("client-1-1", TAKEOVER, "Picked up JAVA_TOOL_OPTIONS: -x", "");
    log("client-2-1", RESUME);

    Trace trace = Trace.read(directory);

    assertThat(trace.moves())
        .containsExactly(
            new Move(
                Instant.parse("2026-11-23T13:59:11Z").toEpochMilli(),
                Move.Kind.RESUME,
                "08c3",
                20_647,
                20_647,
                "data link lost",
                8,
                0),
            new Move(
                Instant.parse("2026-11-23T13:59:12.015Z").toEpochMilli(),
                Move.Kind.TAKEOVER,
                "fc99",
                20_647,
                28_459,
                "Connection reset by peer",
                65,
                3463));
    assertThat(trace.moves().get(1).lostMs())
        .isEqualTo(Instant.parse("2026-11-23T13:59:11.950Z").toEpochMilli());
    assertThat(trace.troubles()).isEmpty();
  }

  @Test
  void shouldReadTroublesWithTheirPlace() throws IOException {
    log("client-1-1", TAKEOVER, LOST);
    log("server-1", "2026-11-23T13:59:10.000Z belay INFO replay begins: service=1 session=aa");

    Trace trace = Trace.read(directory);

    assertThat(trace.troubles()).hasSize(1);
    assertThat(trace.troubles().get(0).who()).isEqualTo("client-1-1");
    assertThat(trace.troubles().get(0).line().subject()).isEqualTo("session lost");
    assertThat(trace.replays()).isEqualTo(1);
  }

  /** A process killed in the middle of a line, bytes of no encoding, times that are none. */
  @Test
  void shouldOutliveWhatIsNoLine() throws IOException {
    Files.write(directory.resolve("broken.log"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, '\n'});
    log(
        "client-1-1",
        TAKEOVER.substring(0, 100),
        "2026-99-99T99:99:99.999Z belay INFO takeover: from=x stall=1ms",
        TAKEOVER.replace("65ms", "manyms"));

    Trace trace = Trace.read(directory);

    assertThat(trace.moves()).hasSize(1);
    assertThat(trace.moves().get(0).stallMs()).isZero();
  }

  private void log(String name, String... lines) throws IOException {
    Files.write(
        directory.resolve(name + ".log"),
        String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
  }
}

package dev.belay.samples.media;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.samples.program.Digests;
import dev.belay.samples.program.Endpoint;
import dev.belay.samples.program.LyingProxy;
import dev.belay.samples.program.Run;
import dev.belay.samples.program.ThreadedServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Media server and its two clients against each other. */
@Timeout(30)
class MediaTest {

  private static final byte[] CONTENT = new byte[300_001];

  @TempDir Path directory;
  private Path file;
  private ThreadedServer server;

  @BeforeEach
  void startServer() throws IOException {
    new Random(1).nextBytes(CONTENT);
    file = Files.write(directory.resolve("a film.bin"), CONTENT);
    server = MediaServer.start(Endpoint.anyLocal(), Optional.of(file), 0);
  }

  @AfterEach
  void stopServer() throws IOException {
    server.close();
  }

  @Test
  void shouldFetchAFile() throws IOException {
    Path copy = directory.resolve("copy");

    Run run = download("--name", "a film.bin", "--output", copy.toString());

    assertThat(run.status()).isZero();
    assertThat(run.verdict()).contains(" bytes=300001 sha256=" + sha256(CONTENT) + " elapsed-ms=");
    assertThat(copy).hasBinaryContent(CONTENT);
  }

  @Test
  void shouldFetchAgainUntilTheTimeIsUp() {
    Run run = download("--name", "a film.bin", "--seconds", "1");

    assertThat(run.status()).isZero();
    assertThat(run.verdict()).contains("sha256=" + sha256(CONTENT) + " ");
    assertThat(bytes(run) % CONTENT.length).isZero();
    assertThat(bytes(run)).isGreaterThan(CONTENT.length);
  }

  private static long bytes(Run run) {
    return Long.parseLong(run.verdict().replaceAll(".* bytes=(\\d+) .*", "$1"));
  }

  @Test
  void shouldFetchARangeOfAFile() {
    Run run = download("--name", "a film.bin", "--offset", "77777", "--length", "100000");

    assertThat(run.status()).isZero();
    assertThat(run.verdict()).contains(sha256(Arrays.copyOfRange(CONTENT, 77_777, 177_777)));
  }

  @Test
  void shouldFetchGeneratedBytesFromAnyOffset() throws IOException {
    Path whole = directory.resolve("whole");
    Path part = directory.resolve("part");

    Run all = download("--name", "generated:9:200003", "--output", whole.toString());
    Run rest =
        download("--name", "generated:9:200003", "--offset", "4099", "--output", part.toString());

    assertThat(all.status()).isZero();
    assertThat(rest.status()).isZero();
    byte[] bytes = Files.readAllBytes(whole);
    assertThat(bytes).hasSize(200_003);
    assertThat(part).hasBinaryContent(Arrays.copyOfRange(bytes, 4099, bytes.length));
  }

  @Test
  void shouldHoldARate() {
    Run run = download("--name", "generated:1:200000", "--rate", "500000", "--progress");

    assertThat(run.status()).isZero();
    assertThat(run.lines()).hasSizeGreaterThan(3);
    assertThat(run.lines().get(0)).matches("progress \\d+ 200000 \\d+ \\d+");
  }

  @Test
  void shouldRefuseWhatIsNotThere() {
    assertThat(download("--name", "b").verdict()).contains("wrong data").contains("ERROR");
    assertThat(download("--name", "a film.bin", "--offset", "400000").status()).isEqualTo(1);
  }

  @Test
  void shouldNoticeAWrongByte() throws IOException {
    try (ThreadedServer liar = LyingProxy.start(server.endpoint(), LyingProxy.flipAt(100_010))) {
      Run run = Run.of(MediaClient::run, liar.endpoint(), "--length", "200000");

      assertThat(run.status()).isEqualTo(1);
      assertThat(run.verdict()).isEqualTo("verdict: wrong data, wrong byte at position 100000");
    }
  }

  @Test
  void shouldNoticeAWrongFile() throws IOException {
    try (ThreadedServer liar = LyingProxy.start(server.endpoint(), LyingProxy.flipAt(100_010))) {
      String expected = sha256(CONTENT);

      Run run =
          Run.of(MediaClient::run, liar.endpoint(), "--name", "a film.bin", "--sha256", expected);

      assertThat(run.status()).isEqualTo(1);
      assertThat(run.verdict()).startsWith("verdict: wrong data, SHA-256: ");
    }
  }

  @Test
  void shouldNoticeAnEarlyEnd() throws IOException {
    try (ThreadedServer liar = LyingProxy.start(server.endpoint(), LyingProxy.endAt(100_010))) {
      Run run = Run.of(MediaClient::run, liar.endpoint(), "--length", "200000");

      assertThat(run.status()).isEqualTo(2);
      assertThat(run.verdict()).contains("EOFException: stream ended 100000 bytes before its end");
    }
  }

  @Test
  void shouldUpload() {
    Run generated = Run.of(UploadClient::run, server.endpoint(), "--connections", "2");
    Run fromFile = Run.of(UploadClient::run, server.endpoint(), "--file", file.toString());

    assertThat(generated.verdict()).startsWith("verdict: right, connections=2 bytes=33554432 ");
    assertThat(fromFile.verdict()).startsWith("verdict: right, connections=1 bytes=300001 ");
  }

  @Test
  void shouldNoticeAWrongDigestOfItsUpload() throws IOException {
    byte[] marker = "STORED 300001 ".getBytes(StandardCharsets.UTF_8);
    try (ThreadedServer liar = LyingProxy.start(server.endpoint(), LyingProxy.flipAfter(marker))) {
      Run run = Run.of(UploadClient::run, liar.endpoint(), "--file", file.toString());

      assertThat(run.status()).isEqualTo(1);
      assertThat(run.verdict()).startsWith("verdict: wrong data, the server's answer: ");
    }
  }

  private Run download(String... args) {
    return Run.of(MediaClient::run, server.endpoint(), args);
  }

  private static String sha256(byte[] bytes) {
    return Digests.hex(Digests.sha256().digest(bytes));
  }
}

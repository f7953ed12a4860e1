package dev.belay.samples.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.samples.program.Endpoint;
import dev.belay.samples.program.LyingProxy;
import dev.belay.samples.program.Run;
import dev.belay.samples.program.ThreadedServer;
import java.io.IOException;
import java.net.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Telemetry server and client against each other. */
@Timeout(30)
class TelemetryTest {

  private TelemetryServer server;

  @BeforeEach
  void startServer() throws IOException {
    server = TelemetryServer.start(Endpoint.anyLocal());
  }

  @AfterEach
  void stopServer() throws IOException {
    server.close();
  }

  @Test
  void shouldFindEveryAcknowledgementRight() {
    Run run = Run.of(TelemetryClient::run, server.endpoint(), "--connections", "50");

    assertThat(run.status()).isZero();
    assertThat(run.verdict()).startsWith("verdict: right, connections=50 messages=50000 ");
  }

  @Test
  void shouldFillEveryBufferWithoutStanding() {
    Run run =
        Run.of(TelemetryClient::run, server.endpoint(), "--window", "100000", "--largest", "1016");

    assertThat(run.status()).isZero();
  }

  @Test
  void shouldHoldARate() {
    Run run =
        Run.of(
            TelemetryClient::run,
            server.endpoint(),
            "--messages",
            "30",
            "--rate",
            "100",
            "--progress");

    assertThat(run.status()).isZero();
    assertThat(run.lines()).hasSizeGreaterThan(2);
  }

  @Test
  void shouldNoticeAWrongAcknowledgement() throws IOException {
    Run run = runWith(LyingProxy.flipAt(10 * Frames.ACK_FRAME_BYTES - 1));

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.verdict()).startsWith("verdict: wrong data, acknowledgement: expected '10 ");
  }

  @Test
  void shouldNoticeAnEarlyEnd() throws IOException {
    Run run = runWith(LyingProxy.endAt(5 * Frames.ACK_FRAME_BYTES));

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.verdict()).contains("samples unanswered");
  }

  @Test
  void shouldGiveUpAfterItsTimeout() throws IOException {
    try (ThreadedServer silent =
        ThreadedServer.start(
            Endpoint.anyLocal(), socket -> socket.getInputStream().readAllBytes())) {
      Run run = Run.of(TelemetryClient::run, silent.endpoint(), "--timeout", "100");

      assertThat(run.status()).isEqualTo(2);
      assertThat(run.verdict()).contains("SocketTimeoutException");
    }
  }

  @Test
  void shouldCloseAConnectionWithABadFrame() throws IOException {
    try (Socket socket = new Socket(server.endpoint().host(), server.endpoint().port())) {
      socket.getOutputStream().write(new byte[] {-1, 0, 0, 0});

      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  private Run runWith(LyingProxy.LieSource lies) throws IOException {
    try (ThreadedServer liar = LyingProxy.start(server.endpoint(), lies)) {
      return Run.of(TelemetryClient::run, liar.endpoint(), "--connections", "1");
    }
  }
}

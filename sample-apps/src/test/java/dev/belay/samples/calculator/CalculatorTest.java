package dev.belay.samples.calculator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.samples.program.Endpoint;
import dev.belay.samples.program.Lines;
import dev.belay.samples.program.LyingProxy;
import dev.belay.samples.program.Run;
import dev.belay.samples.program.ThreadedServer;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calculator server and client against each other. */
@Timeout(30)
class CalculatorTest {

  private ThreadedServer server;

  @BeforeEach
  void startServer() throws IOException {
    server = CalculatorServer.start(Endpoint.anyLocal());
  }

  @AfterEach
  void stopServer() throws IOException {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "7", "1024"})
  void shouldFindEveryReplyRight(String window) {
    Run run =
        Run.of(
            CalculatorClient::run,
            server.endpoint(),
            "--window",
            window,
            "--connections",
            "3",
            "--requests",
            "1000");

    assertThat(run.status()).isZero();
    assertThat(run.verdict()).startsWith("verdict: right, connections=3 requests=3000 ");
  }

  @Test
  void shouldConnectForEachVisit() throws IOException {
    Run run =
        Run.of(
            CalculatorClient::run,
            server.endpoint(),
            "--requests",
            "3",
            "--visits",
            "20",
            "--connections",
            "2");

    assertThat(run.verdict()).startsWith("verdict: right, connections=2 requests=120 ");
  }

  @Test
  void shouldPrintProgress() {
    Run run =
        Run.of(
            CalculatorClient::run,
            server.endpoint(),
            "--requests",
            "30",
            "--rate",
            "100",
            "--progress");

    assertThat(run.status()).isZero();
    assertThat(run.lines()).hasSizeGreaterThan(2);
    assertThat(run.lines().get(run.lines().size() - 2)).matches("progress 30 30 \\d+ \\d+");
  }

  @Test
  void shouldNoticeAWrongReply() throws IOException {
    try (ThreadedServer liar = LyingProxy.start(server.endpoint(), LyingProxy.flipAt(700))) {
      Run run = Run.of(CalculatorClient::run, liar.endpoint());

      assertThat(run.status()).isEqualTo(1);
      assertThat(run.verdict()).startsWith("verdict: wrong data, reply ").contains("expected");
    }
  }

  @Test
  void shouldNoticeAnEarlyEnd() throws IOException {
    try (ThreadedServer liar = LyingProxy.start(server.endpoint(), LyingProxy.endAt(700))) {
      Run run = Run.of(CalculatorClient::run, liar.endpoint());

      assertThat(run.status()).isEqualTo(2);
      assertThat(run.verdict()).startsWith("verdict: failed, java.io.EOFException: ");
    }
  }

  @Test
  void shouldReportThatNobodyListens() throws IOException {
    server.close();

    Run run = Run.of(CalculatorClient::run, server.endpoint());

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.verdict()).startsWith("verdict: failed, java.net.ConnectException: ");
  }

  @Test
  void shouldDependOnEveryRequestBefore() throws IOException {
    String straight = talk("add 5\nstore a\nmultiply a\nnonsense\nadd x y\nrecall zz\n");
    String doubled = talk("add 5\nstore a\nstore a\nmultiply a\n");

    assertThat(straight.lines().toList())
        .satisfiesExactly(
            line -> assertThat(line).startsWith("1 sum total=5 memories=0 history="),
            line -> assertThat(line).startsWith("2 stored total=5 memories=1 history="),
            line -> assertThat(line).startsWith("3 product total=25 memories=1 history="),
            line -> assertThat(line).startsWith("4 error total=25 memories=1 history="),
            line -> assertThat(line).startsWith("5 sum total=25 memories=1 history="),
            line -> assertThat(line).startsWith("6 error total=25 memories=1 history="));
    assertThat(lastLine(doubled)).startsWith("4 product total=25 ");
    assertThat(talk("add 5\nstore a\nmultiply a\n"))
        .isEqualTo(talk("add 5\nstore a\nmultiply a\n"));
  }

  private String talk(String requests) throws IOException {
    try (Socket socket = new Socket(server.endpoint().host(), server.endpoint().port())) {
      socket.getOutputStream().write(requests.getBytes(StandardCharsets.UTF_8));
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String lastLine(String text) {
    return text.lines().reduce((first, second) -> second).orElseThrow();
  }

  @Test
  void shouldRefuseAnEndlessLine() throws IOException {
    try (Socket socket = new Socket(server.endpoint().host(), server.endpoint().port())) {
      socket.getOutputStream().write(new byte[Lines.MAX_LINE_BYTES + 1]);
      socket.shutdownOutput();

      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }
}

package dev.belay.samples.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.samples.program.Endpoint;
import dev.belay.samples.program.LyingProxy;
import dev.belay.samples.program.Run;
import dev.belay.samples.program.ThreadedServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import org.h2.tools.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** H2 server and JDBC client against each other. */
@Timeout(60)
class JdbcTest {

  private Server server;
  private Endpoint endpoint;

  @BeforeEach
  void startServer() throws SQLException {
    server = JdbcServer.start(Endpoint.anyLocal());
    endpoint = Endpoint.anyLocal().withPort(server.getPort());
  }

  @AfterEach
  void stopServer() {
    server.stop();
  }

  @Test
  void shouldReadBackWhatItHasWritten() {
    Run run = Run.of(JdbcClient::run, endpoint, "--rows", "101", "--connections", "2");

    assertThat(run.status()).isZero();
    assertThat(run.verdict()).startsWith("verdict: right, connections=2 rows=101 steps=286 ");
  }

  @Test
  void shouldNoticeAWrongRow() throws IOException {
    byte[] marker = "entry 77 of ".getBytes(StandardCharsets.UTF_16BE);
    try (ThreadedServer liar = LyingProxy.start(endpoint, LyingProxy.flipAfter(marker))) {
      Run run = Run.of(JdbcClient::run, liar.endpoint(), "--rows", "100");

      assertThat(run.status()).isEqualTo(1);
      assertThat(run.verdict()).startsWith("verdict: wrong data, ledger: ");
    }
  }

  @Test
  void shouldReportABrokenConnection() throws IOException {
    try (ThreadedServer liar = LyingProxy.start(endpoint, LyingProxy.endAt(20_000))) {
      Run run = Run.of(JdbcClient::run, liar.endpoint());

      assertThat(run.status()).isEqualTo(2);
      assertThat(run.verdict()).startsWith("verdict: failed, org.h2.jdbc.Jdbc");
    }
  }
}

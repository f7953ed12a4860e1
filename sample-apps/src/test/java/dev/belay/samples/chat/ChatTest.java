package dev.belay.samples.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.samples.program.Endpoint;
import dev.belay.samples.program.LyingProxy;
import dev.belay.samples.program.Run;
import dev.belay.samples.program.ThreadedServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Chat server and client against each other. */
@Timeout(30)
class ChatTest {

  private ThreadedServer server;

  @BeforeEach
  void startServer() throws IOException {
    server = ChatServer.start(Endpoint.anyLocal());
  }

  @AfterEach
  void stopServer() throws IOException {
    server.close();
  }

  @Test
  void shouldFindBannerEchoesAndSummaryRight() {
    Run run = Run.of(ChatClient::run, server.endpoint(), "--connections", "2", "--window", "20");

    assertThat(run.status()).isZero();
    assertThat(run.verdict()).startsWith("verdict: right, connections=2 lines=2000 ");
  }

  @Test
  void shouldGetASummaryOfNothing() {
    assertThat(Run.of(ChatClient::run, server.endpoint(), "--lines", "0").status()).isZero();
  }

  @Test
  void shouldNoticeAWrongBanner() throws IOException {
    assertThat(verdictWith(LyingProxy.flipAt(3))).startsWith("verdict: wrong data, banner: ");
  }

  @Test
  void shouldNoticeAWrongEcho() throws IOException {
    assertThat(verdictWith(LyingProxy.flipAt(ChatRoom.BANNER.length() + 1)))
        .startsWith("verdict: wrong data, reply 1: ");
  }

  @Test
  void shouldNoticeAWrongSummary() throws IOException {
    byte[] marker = "summary lines=10".getBytes(StandardCharsets.UTF_8);

    assertThat(verdictWith(LyingProxy.flipAfter(marker)))
        .startsWith("verdict: wrong data, summary: ");
  }

  private String verdictWith(LyingProxy.LieSource lies) throws IOException {
    try (ThreadedServer liar = LyingProxy.start(server.endpoint(), lies)) {
      return Run.of(ChatClient::run, liar.endpoint(), "--lines", "10").verdict();
    }
  }
}

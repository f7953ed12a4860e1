package dev.belay.agent.descriptor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A link of which the peer's agent has not said that it is the session's: the agent keeps a number
 * of it, and whoever has taken it for plain must not read an end in the middle.
 */
@Timeout(30)
final class UnconfirmedLinkTest {
  private static final byte[] HELLO = "hello".getBytes(US_ASCII);

  private Application application;
  private LinkPair pair;

  @BeforeEach
  void open() throws Exception {
    application = Application.parked();
    pair = LinkPair.open();
    assertThat(application.guarded().installUnconfirmed(pair.link())).isTrue();
    application.writeFully(HELLO);
  }

  @AfterEach
  void close() throws Exception {
    application.close();
    pair.close();
  }

  private void checkReset() {
    assertThatThrownBy(() -> pair.receiveAll()).isInstanceOf(IOException.class);
    assertThat(pair.link().isClosed()).isFalse();
  }

  private void checkEnded() throws IOException {
    assertThat(pair.receiveAll()).isEqualTo(HELLO);
    assertThat(pair.link().isClosed()).isFalse();
  }

  @Test
  void shouldBeALinkAsAnyOther() throws Exception {
    pair.send(HELLO);

    assertThat(application.readFully(5)).isEqualTo(HELLO);
    assertThat(pair.receive(5)).isEqualTo(HELLO);
  }

  @Test
  void shouldEndInOrderWhenTheApplicationCloses() throws Exception {
    application.close();

    checkEnded();
  }

  @Test
  void shouldEndInOrderWhenTheApplicationEndsItsOutputAndCloses() throws Exception {
    application.endOutput();
    application.close();

    checkEnded();
  }

  @Test
  void shouldEndInOrderWhenTheApplicationDoesSoWhileTheLinkIsKeptAside() throws Exception {
    assertThat(application.guarded().freeze()).isTrue();

    application.endOutput();
    application.close();

    checkEnded();
  }

  @Test
  void shouldBeResetWhenItIsGivenUp() {
    assertThat(application.guarded().park()).isTrue();

    checkReset();
  }

  @Test
  void shouldBeResetWhenItIsGivenUpWhileItIsKeptAside() {
    assertThat(application.guarded().freeze()).isTrue();

    assertThat(application.guarded().loseSuspended()).isTrue();

    checkReset();
  }

  @Test
  void shouldNotBeResetAnyMoreOnceItIsConfirmed() throws Exception {
    application.guarded().confirmed(pair.link());
    assertThat(pair.link().isClosed()).isTrue();

    application.guarded().park();

    assertThat(pair.receiveAll()).isEqualTo(HELLO);
  }
}

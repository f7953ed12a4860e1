package dev.belay.agent.descriptor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sun.nio.ch.BelayHook;
import sun.nio.ch.BelayNative;

/** An error of a link is not one of the application's connection. */
@Timeout(30)
final class NativeErrorTest {
  private static final byte[] HELLO = "hello".getBytes(US_ASCII);

  private Application application;
  private LinkPair pair;

  @BeforeEach
  void open() throws Exception {
    application = Application.parked();
    pair = LinkPair.open();
    application.install(pair);
  }

  @AfterEach
  void close() throws Exception {
    application.close();
    pair.close();
  }

  private void reset() throws Exception {
    pair.reset();
    assertThat(application.poll(BelayNative.EPOLLIN, 5000)).isTrue();
  }

  @Test
  void shouldParkWhenAReadFails() throws Exception {
    reset();

    assertThat(application.readNow(1)).isEqualTo(BelayNative.UNAVAILABLE);

    assertThat(application.log().entries()).containsExactly("lost:Connection reset");
    assertThat(application.poll(BelayNative.EPOLLIN | BelayNative.EPOLLOUT, 0)).isFalse();
    assertThat(application.guarded().isStill()).isTrue();
  }

  @Test
  void shouldParkWhenAWriteFails() throws Exception {
    reset();

    assertThat(application.writeNow(HELLO)).isEqualTo(BelayNative.UNAVAILABLE);

    assertThat(application.log().entries()).containsExactly("lost:Connection reset by peer");
    assertThat(application.session().sentPosition()).isZero();
    assertThat(application.guarded().isStill()).isTrue();
  }

  @Test
  void shouldReportOneLossToWhicheverDirectionFindsItFirst() throws Exception {
    reset();

    application.readNow(1);
    application.writeNow(HELLO);
    application.readNow(1);

    assertThat(application.log().entries()).hasSize(1);
  }

  @Test
  void shouldGoOnWithTheNextLinkAfterAnError() throws Exception {
    reset();
    application.readNow(1);
    try (LinkPair next = LinkPair.open()) {
      application.install(next);
      next.send(HELLO);
      application.writeFully(HELLO);

      assertThat(application.readFully(5)).isEqualTo(HELLO);
      assertThat(next.receive(5)).isEqualTo(HELLO);
    }
  }

  /** As the kernel of one who closes before he has read all resets the connection. */
  @Test
  void shouldThrowTheErrorOfAReadWhenThePeerClosedWithoutHavingReadAll() throws Exception {
    application.writeFully(HELLO);
    application.session().remoteEnded(0, true);
    IOException failure = new IOException("Connection reset");
    assertThat(application.guarded().beginRead()).isEqualTo(BelayHook.GO);

    assertThatThrownBy(() -> application.guarded().readFailed(failure)).isSameAs(failure);

    assertThat(application.guarded().isStill()).isTrue();
    assertThat(application.log().entries()).isEmpty();
  }

  @Test
  void shouldTakeTheErrorOfAReadForALossWhenThePeerClosedAndHadReadAll() throws Exception {
    application.writeFully(HELLO);
    application.session().remoteReceived(HELLO.length);
    application.session().remoteEnded(0, true);
    assertThat(application.guarded().beginRead()).isEqualTo(BelayHook.GO);

    int answer = application.guarded().readFailed(new IOException("Connection reset"));

    assertThat(answer).isEqualTo(BelayHook.RETRY);
    assertThat(application.log().entries()).containsExactly("lost:Connection reset");
  }

  @Test
  void shouldThrowTheErrorOfAWriteWhenThePeerClosed() throws Exception {
    application.session().remoteEnded(5, true);
    reset();

    assertThatThrownBy(() -> application.writeNow(HELLO)).isInstanceOf(IOException.class);

    assertThat(application.log().entries()).isEmpty();
    assertThat(application.guarded().isStill()).isTrue();
  }

  @Test
  void shouldThrowTheErrorOfAWriteAfterTheApplicationEndedItsOutput() throws Exception {
    application.endOutput();

    assertThatThrownBy(() -> application.writeNow(HELLO)).hasMessage("Broken pipe");

    assertThat(application.log().entries()).containsExactly("outputEnded");
  }

  @Test
  void shouldNameAFailureWithoutAMessage() throws Exception {
    assertThat(application.guarded().beginRead()).isEqualTo(BelayHook.GO);

    assertThat(application.guarded().readFailed(new IOException())).isEqualTo(BelayHook.RETRY);

    assertThat(application.log().entries()).containsExactly("lost:java.io.IOException");
  }
}

package dev.belay.agent.descriptor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.session.Pump;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sun.nio.ch.BelayNative;

/** An end of stream is the application's only when the peer's application has said so. */
@Timeout(30)
final class EndOfStreamTest {
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

  private void endLink() throws Exception {
    pair.peer().shutdownOutput();
    assertThat(application.poll(BelayNative.EPOLLIN, 5000)).isTrue();
  }

  /** The application finds the end of the link and goes back to wait. */
  private void suspend() throws Exception {
    endLink();
    assertThat(application.readNow(1)).isEqualTo(BelayNative.UNAVAILABLE);
  }

  @Test
  void shouldSuspendAnEndThatNobodyAnnounced() throws Exception {
    endLink();

    assertThat(application.readNow(1)).isEqualTo(BelayNative.UNAVAILABLE);

    assertThat(application.log().entries()).containsExactly("suspended");
    assertThat(application.guarded().isSuspended()).isTrue();
    assertThat(application.guarded().isStill()).isTrue();
    assertThat(application.poll(BelayNative.EPOLLIN | BelayNative.EPOLLOUT, 0)).isFalse();
  }

  @Test
  void shouldGiveTheBytesBeforeTheEndFirst() throws Exception {
    pair.send(HELLO);
    endLink();

    assertThat(application.readFully(5)).isEqualTo(HELLO);
    assertThat(application.log().entries()).isEmpty();
  }

  @Test
  void shouldGiveAnEndThatWasAnnouncedAtOnce() throws Exception {
    application.session().remoteEnded(0, false);
    endLink();

    assertThat(application.readNow(1)).isEqualTo(BelayNative.EOF);

    assertThat(application.log().entries()).isEmpty();
    assertThat(application.guarded().isSuspended()).isFalse();
  }

  @Test
  void shouldSuspendAnEndBeforeTheAnnouncedPosition() throws Exception {
    application.session().remoteEnded(5, true);

    suspend();

    assertThat(application.guarded().isSuspended()).isTrue();
  }

  @Test
  void shouldGiveTheEndOnceItIsKnownToBeTrue() throws Exception {
    suspend();
    application.session().remoteEnded(0, false);

    application.guarded().unsuspend();

    assertThat(application.guarded().isSuspended()).isFalse();
    assertThat(application.readNow(1)).isEqualTo(BelayNative.EOF);
    application.writeFully(HELLO);
    assertThat(pair.receive(5)).isEqualTo(HELLO);
  }

  @Test
  void shouldBringBackAReaderThatWaitsWhileSuspended() throws Exception {
    Background<byte[]> reader = Background.start("reader", () -> application.readSome(1));
    Kernel.awaitInside(reader, "poll");
    pair.peer().shutdownOutput();
    Soon.until("suspended", application.guarded()::isSuspended);
    Kernel.awaitInside(reader, "poll");
    application.session().remoteEnded(0, false);

    application.guarded().unsuspend();

    assertThat(reader.result()).isEmpty();
  }

  @Test
  void shouldReportTheLossOfASuspendedLinkOnce() throws Exception {
    suspend();

    assertThat(application.guarded().loseSuspended()).isTrue();

    assertThat(application.guarded().loseSuspended()).isFalse();
    assertThat(application.guarded().isSuspended()).isFalse();
    assertThat(pair.receiveAll()).isEmpty();
  }

  @Test
  void shouldGoOnWithANewLinkAfterTheLossOfASuspendedOne() throws Exception {
    suspend();
    application.guarded().loseSuspended();
    try (LinkPair next = LinkPair.open()) {
      application.install(next);
      next.send(HELLO);

      assertThat(application.readFully(5)).isEqualTo(HELLO);
    }
  }

  @Test
  void shouldGiveASuspendedLinkUpWhenItIsParked() throws Exception {
    suspend();

    assertThat(application.guarded().park()).isTrue();

    assertThat(application.guarded().isSuspended()).isFalse();
    assertThat(pair.receiveAll()).isEmpty();
    assertThat(application.guarded().park()).isFalse();
  }

  @Test
  void shouldKeepAFrozenLinkOutOfTheApplicationsHands() throws Exception {
    pair.send(HELLO);
    assertThat(application.poll(BelayNative.EPOLLIN, 5000)).isTrue();

    assertThat(application.guarded().freeze()).isTrue();

    assertThat(application.readNow(5)).isEqualTo(BelayNative.UNAVAILABLE);
    assertThat(application.log().entries()).isEmpty();
    assertThat(application.guarded().freeze()).isFalse();
    application.guarded().unsuspend();
    assertThat(application.readFully(5)).isEqualTo(HELLO);
    application.writeFully(HELLO);
    assertThat(pair.receive(5)).isEqualTo(HELLO);
  }

  @Test
  void shouldHaveNothingToLoseWhenNothingIsSuspended() {
    assertThat(application.guarded().loseSuspended()).isFalse();

    application.guarded().unsuspend();

    assertThat(application.guarded().isSuspended()).isFalse();
  }

  @Test
  void shouldEndTheOutputThatWasEndedWhileSuspended() throws Exception {
    suspend();
    application.endOutput();
    application.session().remoteEnded(0, false);

    application.guarded().unsuspend();

    assertThat(pair.receiveAll()).isEmpty();
    assertThat(application.log().entries()).containsExactly("suspended", "outputEnded");
  }

  @Test
  void shouldDropASuspendedLinkWhenTheApplicationCloses() throws Exception {
    suspend();

    application.close();

    assertThat(pair.receiveAll()).isEmpty();
    application.guarded().unsuspend();
    assertThat(application.guarded().isSuspended()).isFalse();
  }

  @Test
  void shouldTakeAnEndWhileResendingForALoss() throws Exception {
    application.guarded().park();
    try (LinkPair next = LinkPair.open()) {
      application.guarded().install(next.link(), Pump.raw(application.session(), 0));
      next.peer().shutdownOutput();
      assertThat(application.poll(BelayNative.EPOLLIN, 5000)).isTrue();

      assertThat(application.readNow(1)).isEqualTo(BelayNative.UNAVAILABLE);

      assertThat(application.log().entries()).containsExactly("lost:end of stream while resending");
    }
  }

  @Test
  void shouldGiveTheEndThatTheApplicationMadeItself() throws Exception {
    application.endInput();

    assertThat(application.readNow(1)).isEqualTo(BelayNative.EOF);
    assertThat(application.log().entries()).isEmpty();
  }
}

package dev.belay.agent.control;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.agent.descriptor.Application;
import dev.belay.agent.descriptor.Background;
import dev.belay.agent.descriptor.JdkMemory;
import dev.belay.agent.descriptor.LinkPair;
import dev.belay.agent.descriptor.Soon;
import dev.belay.agent.session.Session;
import dev.belay.agent.wire.Frame;
import dev.belay.agent.wire.Refusal;
import dev.belay.replicator.log.SessionId;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sun.nio.ch.BelayHook;
import sun.nio.ch.BelayNative;

/** {@link Endpoint}: which end of a link is an end of the stream, and what the peer is told. */
@Timeout(60)
final class EndpointTest {
  private static final byte[] HELLO = "hello".getBytes(US_ASCII);

  /** Held here: a buffer that nobody holds is freed while its address is still in use. */
  private static final ByteBuffer BIG = ByteBuffer.allocateDirect(4 << 20);

  /** What no tick is waited for. */
  private static final int MUCH_BYTES = 2 << 20;

  private static final SessionId SESSION = new SessionId(1, 2);

  private EndpointRig rig;
  private EndpointRig.End end;
  private Application application;
  private Session session;
  private LinkPair pair;

  @BeforeEach
  void open() throws Exception {
    rig = new EndpointRig();
    end = rig.end();
    application = rig.application();
    session = end.session();
    pair = LinkPair.open();
    application.install(pair);
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
    pair.close();
  }

  private void awaitLoss(String cause) {
    Soon.until("lost", () -> !end.losses().isEmpty());
    assertThat(end.losses()).containsExactly(cause);
  }

  private void awaitOver() {
    Soon.until("over", end::isForgotten);
    assertThat(end.isOver()).isTrue();
  }

  // ---- the end of a link ----

  @Test
  void shouldGiveTheEndThatAFrameAnnouncedBefore() throws Exception {
    pair.send(HELLO);
    rig.onLoop(() -> end.peerEnded(5, false));
    pair.peer().shutdownOutput();

    assertThat(application.readFully(9)).isEqualTo(HELLO);

    assertThat(end.losses()).isEmpty();
  }

  @Test
  void shouldGiveTheEndThatAFrameConfirmsWithinTheGrace() throws Exception {
    Background<byte[]> reader = Background.start("reader", () -> application.readFully(9));
    rig.onLoop(
        () -> {
          pair.send(HELLO);
          pair.peer().shutdownOutput();
          Soon.until("suspended", application.guarded()::isSuspended);
          end.peerEnded(5, false);
        });

    assertThat(reader.result()).isEqualTo(HELLO);
    assertThat(end.losses()).isEmpty();
  }

  @Test
  void shouldTakeAnEndThatNoFrameConfirmsForALoss() throws Exception {
    pair.peer().shutdownOutput();
    assertThat(application.poll(BelayNative.EPOLLIN, 5000)).isTrue();
    application.readNow(1);

    awaitLoss("end of stream without a close");
  }

  @Test
  void shouldTakeAnEndBeforeTheAnnouncedPositionForALoss() throws Exception {
    rig.onLoop(() -> end.peerEnded(5, true));
    pair.peer().shutdownOutput();
    assertThat(application.poll(BelayNative.EPOLLIN, 5000)).isTrue();
    application.readNow(1);

    awaitLoss("end of stream before its end");
    assertThat(application.readNow(1)).isEqualTo(BelayNative.UNAVAILABLE);
  }

  @Test
  void shouldNotWaitForAFrameWithoutAControlLink() throws Exception {
    rig.cutControl();
    pair.peer().shutdownOutput();
    assertThat(application.poll(BelayNative.EPOLLIN, 5000)).isTrue();
    application.readNow(1);

    awaitLoss("end of stream before its end");
  }

  @Test
  void shouldReportALinkThatFails() throws Exception {
    pair.reset();
    assertThat(application.poll(BelayNative.EPOLLIN, 5000)).isTrue();
    application.readNow(1);

    awaitLoss("Connection reset");
  }

  /** A reset arrives by both links, and is read from the control link now and then only. */
  @Test
  void shouldHearWhatThePeerHasSaidBeforeItTakesALinkForLost() throws Exception {
    Frame reset = new Frame.Abort(session.id(), 0, Refusal.UNSPECIFIED.code(), "reset");

    rig.onLoopWhilePaced(reset, () -> end.linkLost("Connection reset"));

    awaitOver();
    assertThat(end.losses()).isEmpty();
  }

  // ---- what the peer is told ----

  @Test
  void shouldTellThePeerWhereTheOutputEnds() throws Exception {
    application.writeFully(HELLO);

    application.endOutput();

    assertThat(rig.frame()).isEqualTo(new Frame.Fin(SESSION, 0, false, 5));
    assertThat(pair.receiveAll()).isEqualTo(HELLO);
    assertThat(end.isOver()).isFalse();
  }

  @Test
  void shouldTellThePeerThatTheApplicationClosed() throws Exception {
    application.writeFully(HELLO);

    application.close();

    assertThat(rig.frame()).isEqualTo(new Frame.Fin(SESSION, 0, true, 5));
  }

  /** The rest of the close has nothing to add. */
  @Test
  void shouldTellAtTheBeginningOfACloseThatTheApplicationCloses() throws Exception {
    application.writeFully(HELLO);

    application.beginClose();

    assertThat(rig.frame()).isEqualTo(new Frame.Fin(SESSION, 0, true, 5));
    assertThat(pair.receiveAll()).isEqualTo(HELLO);
    assertThat(end.isOver()).isFalse();
    application.close();
    assertThat(rig.hasFrame()).isFalse();
  }

  /** By another thread, whose call was in progress. */
  @Test
  void shouldTellWhatWasReadDuringAClose() throws Exception {
    application.beginClose();
    rig.frame();
    pair.send(HELLO);
    application.readFully(5);

    application.close();

    assertThat(rig.frame()).isEqualTo(new Frame.Received(SESSION, 0, 5));
    assertThat(rig.frame()).isEqualTo(new Frame.Fin(SESSION, 0, true, 0));
  }

  @Test
  void shouldTellThePeerThatTheApplicationReset() throws Exception {
    application.option(StandardSocketOptions.SO_LINGER, 0);

    application.close();

    assertThat(rig.frame())
        .isEqualTo(
            new Frame.Abort(SESSION, 0, Refusal.UNSPECIFIED.code(), "reset by the application"));
    awaitOver();
  }

  @Test
  void shouldTellTheEndOnlyWhenTheWriteInProgressIsCounted() throws Exception {
    ByteBuffer hello = Application.direct(HELLO);
    assertThat(application.guarded().beginWrite()).isEqualTo(BelayHook.GO);
    BelayNative.write(application.fd(), hello);
    application.endOutput();
    assertThat(rig.hasFrame()).isFalse();

    application.guarded().endWrite(JdkMemory.addressOf(hello), HELLO.length);

    assertThat(rig.frame()).isEqualTo(new Frame.Fin(SESSION, 0, false, 5));
  }

  @Test
  void shouldTellWithTheEndHowMuchWasReceived() throws Exception {
    pair.send(HELLO);
    application.readFully(5);

    application.endOutput();

    assertThat(rig.frame()).isEqualTo(new Frame.Received(SESSION, 0, 5));
    assertThat(rig.frame()).isEqualTo(new Frame.Fin(SESSION, 0, false, 0));
  }

  @Test
  void shouldTellWhatWasReceivedWhenItIsMuch() throws Exception {
    Background<?> sender = Background.start("sender", () -> send(new byte[MUCH_BYTES]));

    application.readFully(MUCH_BYTES);

    sender.result();
    assertThat(rig.frame()).isInstanceOf(Frame.Received.class);
  }

  private Void send(byte[] bytes) throws Exception {
    pair.send(bytes);
    return null;
  }

  @Test
  void shouldTellANewControlLinkAgain() throws Exception {
    application.endOutput();
    rig.frame();

    rig.onLoop(end::tellAgain);

    assertThat(rig.frame()).isEqualTo(new Frame.Received(SESSION, 0, 0));
    assertThat(rig.frame()).isEqualTo(new Frame.Fin(SESSION, 0, false, 0));
  }

  @Test
  void shouldTellNoEndWhileTheProcessIsShutDown() throws Exception {
    rig.leave();

    application.endOutput();
    application.close();

    assertThat(rig.hasFrame()).isFalse();
  }

  @Test
  void shouldTellNoEndOfASessionThatWasReset() throws Exception {
    rig.onLoop(() -> end.breakOff("a test"));

    application.close();

    assertThat(rig.hasFrame()).isFalse();
  }

  // ---- a data link that is silent ----

  @Test
  void shouldRemindThePeerOfWhatItHasNotGotForAWhile() throws Exception {
    application.writeFully(HELLO);
    end.remind(0, 100);
    end.remind(40_000_000, 100);
    assertThat(rig.hasFrame()).isFalse();

    end.remind(60_000_000, 100);
    rig.flush();

    assertThat(rig.frame()).isEqualTo(new Frame.Sent(SESSION, 0, 5));
  }

  @Test
  void shouldNotRemindAPeerThatGetsOnOrHasAll() throws Exception {
    application.writeFully(HELLO);
    end.remind(0, 100);
    rig.onLoop(() -> end.peerReceived(3));
    end.remind(60_000_000, 100);
    rig.onLoop(() -> end.peerReceived(5));

    end.remind(200_000_000, 100);
    end.remind(400_000_000, 100);
    rig.flush();

    assertThat(rig.hasFrame()).isFalse();
  }

  @Test
  void shouldGiveUpALinkOnWhichWhatThePeerSentDoesNotCome() throws Exception {
    Soon.until(
        "lost",
        () -> {
          rig.onLoop(() -> end.peerSent(5, 1));
          return !end.losses().isEmpty();
        });

    assertThat(end.losses()).containsExactly("silent data link");
    assertThat(pair.receiveAll()).isEmpty();
  }

  @Test
  void shouldKeepALinkWhoseBytesTheApplicationHasNotRead() throws Exception {
    pair.send(HELLO);
    assertThat(application.poll(BelayNative.EPOLLIN, 5000)).isTrue();
    rig.onLoop(() -> end.peerSent(5, 0));

    rig.onLoop(() -> end.peerSent(5, 0));

    assertThat(end.losses()).isEmpty();
    assertThat(application.readFully(5)).isEqualTo(HELLO);
  }

  @Test
  void shouldKeepALinkThatHasAllThatWasSent() throws Exception {
    pair.send(HELLO);
    application.readFully(5);

    rig.onLoop(() -> end.peerSent(5, 0));
    rig.onLoop(() -> end.peerSent(5, 0));

    assertThat(end.losses()).isEmpty();
  }

  /** The end of the stream takes no bytes of which it could be reminded. */
  @Test
  void shouldGiveUpALinkOnWhichTheEndOfTheStreamDoesNotCome() throws Exception {
    rig.onLoop(() -> end.peerEnded(0, false));
    rig.onLoop(() -> end.remind(0, 100));
    rig.onLoop(() -> end.remind(90_000_000, 100));
    assertThat(end.losses()).isEmpty();

    rig.onLoop(() -> end.remind(110_000_000, 100));

    assertThat(end.losses()).containsExactly("silent data link at its end");
    assertThat(pair.receiveAll()).isEmpty();
  }

  @Test
  void shouldKeepALinkWhoseEndTheApplicationHasNotRead() throws Exception {
    rig.onLoop(() -> end.peerEnded(0, false));
    pair.peer().shutdownOutput();
    assertThat(application.poll(BelayNative.EPOLLIN, 5000)).isTrue();

    rig.onLoop(() -> end.remind(0, 100));
    rig.onLoop(() -> end.remind(200_000_000, 100));

    assertThat(end.losses()).isEmpty();
    assertThat(application.readNow(1)).isEqualTo(BelayNative.EOF);
  }

  // ---- over ----

  @Test
  void shouldBeOverWhenThePeerHasAllThatAClosedApplicationSent() throws Exception {
    application.writeFully(HELLO);
    application.close();
    rig.onLoop(() -> end.peerReceived(4));
    assertThat(end.isOver()).isFalse();

    rig.onLoop(() -> end.peerReceived(5));

    awaitOver();
  }

  @Test
  void shouldBeOverWhenBothApplicationsHaveClosed() throws Exception {
    application.writeFully(HELLO);
    rig.onLoop(() -> end.peerEnded(0, true));
    assertThat(end.isOver()).isFalse();

    application.close();

    awaitOver();
  }

  @Test
  void shouldGiveTheApplicationAResetOfThePeers() throws Exception {
    Background<byte[]> reader = Background.start("reader", () -> application.readFully(9));

    rig.onLoop(() -> end.peerAborted("diverged"));

    assertThatThrownBy(reader::result).hasMessage("Connection reset");
    awaitOver();
  }

  @Test
  void shouldDropASuspendedLinkWithTheSession() throws Exception {
    pair.peer().shutdownOutput();
    assertThat(application.poll(BelayNative.EPOLLIN, 5000)).isTrue();
    rig.onLoop(
        () -> {
          application.readNow(1);
          end.breakOff("a test");
        });

    assertThat(pair.receiveAll()).isEmpty();
    assertThat(application.guarded().isSuspended()).isFalse();
    rig.loop().settle();
    assertThat(end.losses()).isEmpty();
  }

  @Test
  void shouldEndAClosedSessionWhosePeerMakesNoProgress() throws Exception {
    application.writeFully(HELLO);
    application.close();

    rig.onLoop(() -> end.closeWithin(30));

    awaitOver();
  }

  // ---- new links ----

  @Test
  void shouldResendIntoANewLink() throws Exception {
    application.writeFully(HELLO);
    application.guarded().park();
    try (LinkPair next = LinkPair.open()) {
      rig.adopt(next, 2);

      application.writeFully(HELLO);

      assertThat(next.receive(8)).isEqualTo("llohello".getBytes(US_ASCII));
      Soon.until("own number closed", next.link()::isClosed);
    }
  }

  @Test
  void shouldSendWhatAClosedApplicationOwesAndEndTheLink() throws Exception {
    application.writeFully(HELLO);
    application.guarded().park();
    application.close();
    try (LinkPair next = LinkPair.open()) {
      rig.adopt(next, 1);
      next.send(HELLO); // nobody reads it, but the peer must be able to finish
      next.peer().shutdownOutput();

      assertThat(next.receiveAll()).isEqualTo("ello".getBytes(US_ASCII));
      Soon.until("own number closed", next.link()::isClosed);
      assertThat(end.losses()).isEmpty();
    }
  }

  /** The number is given back, but a write has still to be counted before the end is known. */
  @Test
  void shouldKeepALinkForAnApplicationThatIsClosingJustNow() throws Exception {
    ByteBuffer hello = Application.direct(HELLO);
    assertThat(application.guarded().beginWrite()).isEqualTo(BelayHook.GO);
    application.guarded().park();
    application.close();
    try (LinkPair next = LinkPair.open()) {
      rig.adopt(next, 0);
      rig.loop().settle();
      assertThat(next.link().isClosed()).isFalse();

      application.guarded().endWrite(JdkMemory.addressOf(hello), HELLO.length);

      assertThat(next.receiveAll()).isEqualTo(HELLO);
      assertThat(end.losses()).isEmpty();
    }
  }

  @Test
  void shouldReportThatTheLinkOfAClosedApplicationFails() throws Exception {
    session.sent(JdkMemory.addressOf(BIG), 4 << 20);
    application.guarded().park();
    application.close();
    try (LinkPair next = LinkPair.narrow()) {
      rig.adopt(next, 0);

      next.reset();

      Soon.until("lost", () -> !end.losses().isEmpty());
      assertThat(next.link().isClosed()).isTrue();
    }
  }

  /** The loop is held up while the writer finishes the resend, writes and closes. */
  @Test
  void shouldSendNothingTwiceWhenTheWriterFinishesTheResendAndCloses() throws Exception {
    byte[] owed = new byte[1 << 20];
    session.sent(JdkMemory.addressOf(BIG), owed.length);
    application.guarded().park();
    try (LinkPair next = LinkPair.narrow()) {
      rig.adopt(next, 0);
      Background<byte[]> peer = Background.start("peer", next::receiveAll);

      rig.onLoop(
          () -> {
            application.writeFully(HELLO);
            application.close();
          });

      byte[] got = peer.result();
      assertThat(got).hasSize(owed.length + HELLO.length);
      assertThat(new String(got, owed.length, 5, US_ASCII)).isEqualTo("hello");
      Soon.until("own number closed", next.link()::isClosed);
    }
  }

  @Test
  void shouldResetALinkThatComesForASessionThatIsOver() throws Exception {
    application.guarded().breakOff();
    try (LinkPair next = LinkPair.open()) {
      rig.adopt(next, 0);

      assertThatThrownBy(() -> next.receive(1)).hasMessage("Connection reset");
      awaitOver();
    }
  }

  @Test
  void shouldGiveUpAnAdoptedLinkWithTheSession() throws Exception {
    session.sent(JdkMemory.addressOf(BIG), 4 << 20);
    application.guarded().park();
    try (LinkPair next = LinkPair.narrow()) {
      rig.adopt(next, 0);

      rig.onLoop(() -> end.breakOff("a test"));

      assertThat(next.link().isClosed()).isTrue();
    }
  }

  @Test
  void shouldTakeTheNextStepOnlyWhenTheCallInProgressIsOver() throws Exception {
    CountDownLatch step = new CountDownLatch(1);
    assertThat(application.guarded().beginRead()).isEqualTo(BelayHook.GO);

    rig.onLoop(
        () -> {
          end.dropLink();
          end.whenStill(step::countDown);
        });

    rig.loop().settle();
    assertThat(step.getCount()).isEqualTo(1);
    application.guarded().endRead(0, BelayNative.UNAVAILABLE);
    Soon.until("step", () -> step.getCount() == 0);
  }
}

package dev.belay.agent.replay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.agent.descriptor.Application;
import dev.belay.agent.descriptor.Background;
import dev.belay.agent.descriptor.LinkPair;
import dev.belay.agent.descriptor.Soon;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A handler that cannot continue the session: the client gets not one byte of it. */
@Timeout(60)
final class ReplayFailureTest {
  private static final long PATIENCE_MS = 10_000;

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }

  private static Replay.Client received(byte[] output) {
    return new Replay.Client(output.length, Talk.checksum(output, output.length), false, false);
  }

  /** A handler that says this at once, much more behind it, and waits for its end. */
  private static ReplayRig.Handler say(byte[] output) {
    return socket -> {
      socket.writeFully(output);
      socket.writeFully(new byte[100_000]);
      waitForEnd(socket);
    };
  }

  private static void waitForEnd(Application socket) throws IOException {
    socket.readFully(1 << 20);
  }

  private static void checkReset(ReplayRig rig) {
    assertThatThrownBy(rig::awaitHandler)
        .isInstanceOf(IOException.class)
        .hasMessageMatching("Connection reset( by peer)?|Broken pipe");
  }

  private static void checkDivergence(byte[] clientHas, byte[] handlerSays) throws Exception {
    LinkPair pair = LinkPair.open();
    new ClientLog(pair).end(0);
    try (ReplayRig rig = new ReplayRig(pair, received(clientHas), PATIENCE_MS, say(handlerSays))) {
      assertThat(rig.outcome()).isEqualTo("DIVERGED");

      assertThatThrownBy(() -> pair.receive(1)).hasMessage("Connection reset");
      assertThat(rig.failureText()).contains("position");
      checkReset(rig);
    }
  }

  @Test
  void shouldEndWhenTheFirstByteDiffers() throws Exception {
    checkDivergence(ascii("hello"), ascii("Hello"));
  }

  @Test
  void shouldEndWhenTheLastByteThatTheClientHasDiffers() throws Exception {
    checkDivergence(ascii("hello"), ascii("hellO and so on"));
  }

  @Test
  void shouldEndWhenAByteInTheMiddleOfMuchDiffers() throws Exception {
    byte[] much = new byte[3 << 20];
    new Random(1).nextBytes(much);
    byte[] other = much.clone();
    other[much.length / 2]++;

    checkDivergence(much, other);
  }

  @Test
  void shouldEndWhenOutputComesInAnotherOrder() throws Exception {
    checkDivergence(ascii("one two "), ascii("two one "));
  }

  @Test
  void shouldEndWhenTheHandlerClosesBeforeItSaidWhatTheClientHas() throws Exception {
    LinkPair pair = LinkPair.open();
    new ClientLog(pair).end(0);
    try (ReplayRig rig =
        new ReplayRig(
            pair,
            received(ascii("hello")),
            PATIENCE_MS,
            socket -> socket.writeFully(ascii("hel")))) {
      assertThat(rig.outcome()).isEqualTo("DIVERGED");

      assertThatThrownBy(() -> pair.receive(1)).hasMessage("Connection reset");
    }
  }

  @Test
  void shouldEndWhenTheHandlerEndsItsOutputBeforeItSaidWhatTheClientHas() throws Exception {
    LinkPair pair = LinkPair.open();
    new ClientLog(pair).end(0);
    try (ReplayRig rig =
        new ReplayRig(
            pair,
            received(ascii("hello")),
            PATIENCE_MS,
            socket -> {
              socket.writeFully(ascii("hel"));
              socket.endOutput();
              waitForEnd(socket);
            })) {
      assertThat(rig.outcome()).isEqualTo("DIVERGED");
    }
  }

  @Test
  void shouldGiveUpAHandlerThatSaysTooLittleForTooLong() throws Exception {
    LinkPair pair = LinkPair.open();
    new ClientLog(pair).turn(0, ascii("in")).end(0);
    try (ReplayRig rig =
        new ReplayRig(
            pair,
            received(ascii("hello")),
            200,
            socket -> {
              socket.writeFully(ascii("hel"));
              waitForEnd(socket);
            })) {
      assertThat(rig.outcome()).isEqualTo("UNSPECIFIED");

      assertThat(rig.failureText()).startsWith("the handler makes no progress: in=2/2 out=3/5");
      assertThatThrownBy(() -> pair.receive(1)).hasMessage("Connection reset");
    }
  }

  @Test
  void shouldGiveUpAHandlerWhoseTurnNeverComes() throws Exception {
    LinkPair pair = LinkPair.open();
    new ClientLog(pair).turn(5, ascii("in")).end(5);
    try (ReplayRig rig =
        new ReplayRig(pair, received(new byte[0]), 200, ReplayFailureTest::waitForEnd)) {
      assertThat(rig.outcome()).isEqualTo("UNSPECIFIED");
      assertThat(rig.failureText()).contains("in=0/2");
    }
  }

  @Test
  void shouldGiveUpAHandlerWhoseTurnNeverComesThoughTheClientGoesOn() throws Exception {
    LinkPair pair = LinkPair.open();
    try (ReplayRig rig =
        new ReplayRig(pair, received(new byte[0]), 200, ReplayFailureTest::waitForEnd)) {
      Background<Void> client =
          Background.start(
              "client",
              () -> {
                try {
                  while (!rig.hasOutcomeWithin(10)) {
                    rig.log().turn(5, ascii("x"));
                  }
                } catch (IOException e) {
                  return null; // reset, just before the outcome is known
                }
                return null;
              });

      assertThat(rig.outcome()).isEqualTo("UNSPECIFIED");

      assertThat(rig.failureText()).startsWith("the handler makes no progress: in=0/");
      client.result();
    }
  }

  @Test
  void shouldGiveUpAHandlerThatNeverComesToTheTurnOfTheEnd() throws Exception {
    LinkPair pair = LinkPair.open();
    new ClientLog(pair).turn(0, ascii("in")).end(5);
    Replay.Client halfClosed = new Replay.Client(0, 0, true, false);
    try (ReplayRig rig = new ReplayRig(pair, halfClosed, 200, ReplayFailureTest::waitForEnd)) {
      assertThat(rig.outcome()).isEqualTo("UNSPECIFIED");
      assertThat(rig.failureText()).startsWith("the handler makes no progress: in=2/2 out=0/0");
    }
  }

  /** It is where the client is, and what the client wrote ahead can wait. */
  @Test
  void shouldLetAHandlerTakeItsTimeForARequest() throws Exception {
    LinkPair pair = LinkPair.open();
    CountDownLatch isAnswered = new CountDownLatch(1);
    new ClientLog(pair).turn(0, ascii("in")).end(0);
    try (ReplayRig rig =
        new ReplayRig(
            pair,
            received(new byte[0]),
            100,
            socket -> {
              isAnswered.await();
              socket.readFully(2);
              socket.writeFully(ascii("out"));
            })) {
      Soon.until("at rest for longer than it may be stuck", () -> rig.isAtRest(300));
      assertThat(rig.hasOutcomeWithin(0)).isFalse();

      isAnswered.countDown();

      assertThat(pair.receive(3)).isEqualTo(ascii("out"));
      assertThat(rig.outcome()).isEqualTo("replayed");
    }
  }

  @Test
  void shouldTakeOnlyALinkForSilentFromWhichNothingComes() throws Exception {
    LinkPair pair = LinkPair.open();
    try (ReplayRig rig =
        new ReplayRig(pair, received(new byte[0]), PATIENCE_MS, ReplayFailureTest::waitForEnd)) {
      Soon.until("starved", () -> rig.isStarved(100));

      Soon.until(
          "fed",
          () -> {
            send(rig, ascii("x"));
            return !rig.isStarved(100);
          });

      Soon.until("starved again", () -> rig.isStarved(100));
    }
  }

  private static void send(ReplayRig rig, byte[] bytes) {
    try {
      rig.log().turn(0, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void shouldEndWhenTheClientsLinkEndsInTheLog() throws Exception {
    LinkPair pair = LinkPair.open();
    try (ReplayRig rig =
        new ReplayRig(pair, received(new byte[0]), PATIENCE_MS, ReplayFailureTest::waitForEnd)) {
      rig.log().turn(0, ascii("in"));
      pair.peer().shutdownOutput();

      assertThat(rig.outcome()).isEqualTo("UNSPECIFIED");
      assertThat(rig.failureText()).isEqualTo("end of stream in the log");
      checkReset(rig);
    }
  }

  @Test
  void shouldEndWhenTheClientsLinkIsReset() throws Exception {
    LinkPair pair = LinkPair.open();
    try (ReplayRig rig =
        new ReplayRig(pair, received(new byte[0]), PATIENCE_MS, ReplayFailureTest::waitForEnd)) {
      rig.log().turn(0, ascii("in"));
      pair.reset();

      assertThat(rig.outcome()).isEqualTo("UNSPECIFIED");
      checkReset(rig);
    }
  }

  @Test
  void shouldGoOnWithADifferentOutputWhereTheOperatorAllowsIt() throws Exception {
    LinkPair pair = LinkPair.open();
    byte[] other = ascii("HELLO world");
    try (ReplayRig rig =
        new ReplayRig(
            pair,
            received(ascii("hello")),
            PATIENCE_MS,
            socket -> {
              socket.readFully(2);
              socket.writeFully(other);
            })) {
      rig.allowDivergence();
      rig.log().turn(0, ascii("in")).end(0);

      assertThat(pair.receiveAll()).isEqualTo(ascii(" world"));
      assertThat(rig.outcome()).isEqualTo("replayed");
    }
  }

  @Test
  void shouldRejectALogThatIsNone() throws Exception {
    byte[] garbage = new byte[64];
    Arrays.fill(garbage, (byte) 0xff);
    LinkPair pair = LinkPair.open();
    try (ReplayRig rig =
        new ReplayRig(pair, received(new byte[0]), PATIENCE_MS, ReplayFailureTest::waitForEnd)) {
      pair.send(garbage);

      assertThat(rig.outcome()).isEqualTo("UNSPECIFIED");
      assertThat(rig.failureText()).startsWith("bad turn batch");
    }
  }

  @Test
  void shouldSayNothingMoreOnceItIsCancelled() throws Exception {
    LinkPair pair = LinkPair.open();
    try (ReplayRig rig =
        new ReplayRig(pair, received(ascii("hello")), 100, ReplayFailureTest::waitForEnd)) {
      rig.cancel();

      assertThat(rig.hasOutcomeWithin(300)).isFalse();
    }
  }

  private static void checkRejected(byte[]... records) throws Exception {
    LinkPair pair = LinkPair.open();
    new ClientLog(pair).batch(records);
    try (ReplayRig rig =
        new ReplayRig(pair, received(new byte[0]), PATIENCE_MS, ReplayFailureTest::waitForEnd)) {
      assertThat(rig.outcome()).isEqualTo("UNSPECIFIED");
      assertThat(rig.failureText()).matches("bad turn .*|turn header is short: .*");
    }
  }

  @Test
  void shouldRejectARecordThatIsLongerThanItsBatch() throws Exception {
    byte[] record = ClientLog.record(0, ascii("hello"));

    checkRejected(Arrays.copyOf(record, record.length - 1));
  }

  @Test
  void shouldRejectARecordBehindTheEndOfTheLog() throws Exception {
    checkRejected(ClientLog.record(0, new byte[0]), ClientLog.record(0, ascii("hello")));
  }

  @Test
  void shouldRejectABatchThatEndsWithinAHeader() throws Exception {
    checkRejected(ClientLog.record(0, ascii("hello")), new byte[3]);
  }
}

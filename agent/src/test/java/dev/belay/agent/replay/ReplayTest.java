package dev.belay.agent.replay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.descriptor.Application;
import dev.belay.agent.descriptor.Background;
import dev.belay.agent.descriptor.LinkPair;
import dev.belay.agent.descriptor.Soon;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A fresh handler is brought to where the client is, and then gets the client's own link. */
@Timeout(60)
final class ReplayTest {
  private static final long PATIENCE_MS = 10_000;
  private static final int SCENARIOS = 25;

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }

  private static Replay.Client received(String output) {
    byte[] bytes = ascii(output);
    return new Replay.Client(bytes.length, Talk.checksum(bytes, bytes.length), false, false);
  }

  private static Replay.Client ended(String output) {
    Replay.Client open = received(output);
    return new Replay.Client(open.receivedPosition(), open.receivedChecksum(), true, false);
  }

  /** Answers each line by the same in brackets. */
  private static void bracketLines(Application socket) throws IOException {
    StringBuilder line = new StringBuilder();
    byte[] one = socket.readSome(1);
    while (one.length > 0) {
      line.append((char) one[0]);
      if (one[0] == '\n') {
        socket.writeFully(ascii("[" + line.toString().strip() + "]\n"));
        line.setLength(0);
      }
      one = socket.readSome(1);
    }
  }

  @Test
  void shouldSuppressWhatTheClientHasAndGoOnLive() throws Exception {
    try (ReplayRig rig =
        new ReplayRig(
            LinkPair.open(), received("[a]\n[b"), PATIENCE_MS, ReplayTest::bracketLines)) {
      rig.log().turn(0, ascii("a\n")).turn(4, ascii("b\n")).end(6);

      assertThat(rig.outcome()).isEqualTo("replayed");

      assertThat(rig.client().receive(2)).isEqualTo(ascii("]\n"));
      rig.client().send(ascii("c\n"));
      assertThat(rig.client().receive(4)).isEqualTo(ascii("[c]\n"));
      assertThat(rig.replayedBytes()).isEqualTo(4);
      assertThat(rig.session().receivedPosition()).isEqualTo(6);
    }
  }

  @Test
  void shouldTakeTheTurnsOfABatchOneByOne() throws Exception {
    try (ReplayRig rig =
        new ReplayRig(LinkPair.open(), received("[a]\n"), PATIENCE_MS, ReplayTest::bracketLines)) {
      rig.log()
          .batch(
              ClientLog.record(0, ascii("a")),
              ClientLog.record(0, ascii("\n")),
              ClientLog.record(4, ascii("b\n")),
              ClientLog.record(4, new byte[0]));

      assertThat(rig.client().receive(4)).isEqualTo(ascii("[b]\n"));
      assertThat(rig.outcome()).isEqualTo("replayed");
    }
  }

  @Test
  void shouldSendAllOutputToAClientThatHasNone() throws Exception {
    try (ReplayRig rig =
        new ReplayRig(LinkPair.open(), received(""), PATIENCE_MS, ReplayTest::bracketLines)) {
      rig.log().turn(0, ascii("a\n")).end(0);

      assertThat(rig.client().receive(4)).isEqualTo(ascii("[a]\n"));
      assertThat(rig.outcome()).isEqualTo("replayed");
    }
  }

  @Test
  void shouldGoOnWithAHandlerThatHasNotBeenToldAnything() throws Exception {
    try (ReplayRig rig =
        new ReplayRig(LinkPair.open(), received(""), PATIENCE_MS, ReplayTest::bracketLines)) {
      rig.log().end(0);
      rig.client().send(ascii("a\n"));

      assertThat(rig.outcome()).isEqualTo("replayed");
      assertThat(rig.client().receive(4)).isEqualTo(ascii("[a]\n"));
    }
  }

  @Test
  void shouldGiveTheNextInputOnlyWhenItsTurnHasCome() throws Exception {
    StringBuilder seen = new StringBuilder();
    try (ReplayRig rig =
        new ReplayRig(
            LinkPair.open(),
            received("hello\n"),
            PATIENCE_MS,
            socket -> {
              seen.append(socket.guarded().session().receivedPosition());
              socket.writeFully(ascii("hel"));
              seen.append(socket.poll(1, 50)); // nothing may come yet
              socket.writeFully(ascii("lo\n"));
              seen.append(new String(socket.readFully(3), US_ASCII));
              bracketLines(socket);
            })) {
      rig.log().turn(6, ascii("hi\n")).end(6);

      assertThat(rig.outcome()).isEqualTo("replayed");
      assertThat(seen).hasToString("0falsehi\n");
    }
  }

  @Test
  void shouldTakeTurnsWithTheHandlerAloneWhileNothingWaitsForTheLoop() throws Exception {
    CountDownLatch isHeld = new CountDownLatch(1);
    CountDownLatch isThrough = new CountDownLatch(1);
    try (ReplayRig rig =
        new ReplayRig(
            LinkPair.open(),
            received("123456"),
            PATIENCE_MS,
            socket -> {
              socket.readFully(1);
              isHeld.await();
              for (int turn = 1; turn < 5; turn++) {
                socket.writeFully(ascii(Integer.toString(turn)));
                socket.readFully(1);
              }
              isThrough.countDown();
              socket.writeFully(ascii("56789"));
            })) {
      rig.log()
          .batch(
              ClientLog.record(0, ascii("a")),
              ClientLog.record(1, ascii("b")),
              ClientLog.record(2, ascii("c")),
              ClientLog.record(3, ascii("d")),
              ClientLog.record(4, ascii("e")),
              ClientLog.record(6, new byte[0]));
      Soon.until("the log is read", () -> rig.replayedBytes() == 5);

      ReplayRig.holdLoop(isThrough);
      isHeld.countDown();

      assertThat(rig.client().receive(3)).isEqualTo(ascii("789"));
      assertThat(rig.outcome()).isEqualTo("replayed");
    }
  }

  @Test
  void shouldLoseAndRepeatNoByteWhereverTheClientIs() throws Exception {
    for (long seed = 1; seed <= SCENARIOS; seed++) {
      Random random = new Random(seed);
      Talk talk = Talk.random(random, 1 + random.nextInt(60_000));
      int fed = random.nextInt(talk.input().length + 1);
      int received = random.nextInt(talk.outputBefore(fed) + 1);
      LinkPair pair = random.nextBoolean() ? LinkPair.open() : LinkPair.narrow();
      try (ReplayRig rig = new ReplayRig(pair, talk.clientAt(received), PATIENCE_MS, Talk::serve)) {
        Background<byte[]> client = Background.start("client", pair::receiveAll);
        sendLog(rig, talk, fed, received, random);
        pair.send(talk.input(fed, talk.input().length));
        rig.endInput(talk.input().length);

        assertSame(client.result(), talk.outputFrom(received), seed);
        assertThat(rig.outcome()).as("seed=%d", seed).isEqualTo("replayed");
        rig.awaitHandler();
      }
    }
  }

  /** Without writing out what differs: that is too much to read. */
  private static void assertSame(byte[] actual, byte[] expected, long seed) {
    assertThat(actual.length).as("seed=%d length", seed).isEqualTo(expected.length);
    assertThat(Arrays.mismatch(actual, expected)).as("seed=%d mismatch", seed).isEqualTo(-1);
  }

  private static void sendLog(ReplayRig rig, Talk talk, int fed, int received, Random random)
      throws IOException {
    int out = 0;
    for (int from = 0; from < fed; ) {
      int to = Math.min(fed, from + 1 + random.nextInt(9000));
      int produced = Math.min(received, talk.outputBefore(from));
      out += random.nextInt(produced - out + 1);
      rig.log().turn(out, talk.input(from, to));
      from = to;
    }
    rig.log().end(received);
  }

  // ---- ends ----

  @Test
  void shouldGiveTheEndOfTheInputToAHandlerThatNeedsItToAnswer() throws Exception {
    try (ReplayRig rig =
        new ReplayRig(
            LinkPair.open(),
            ended(""),
            PATIENCE_MS,
            socket -> socket.writeFully(ascii("read " + socket.readFully(99).length)))) {
      rig.log().turn(0, ascii("four")).end(0);
      rig.client().peer().shutdownOutput();

      assertThat(rig.client().receiveAll()).isEqualTo(ascii("read 4"));
      assertThat(rig.outcome()).isEqualTo("replayed");
    }
  }

  @Test
  void shouldCompareAnAnswerThatNeedsTheEndOfTheInput() throws Exception {
    try (ReplayRig rig =
        new ReplayRig(
            LinkPair.open(),
            ended("read"),
            PATIENCE_MS,
            socket -> socket.writeFully(ascii("read " + socket.readFully(99).length)))) {
      rig.log().turn(0, ascii("four")).end(0);
      rig.client().peer().shutdownOutput();

      assertThat(rig.client().receiveAll()).isEqualTo(ascii(" 4"));
      assertThat(rig.outcome()).isEqualTo("replayed");
    }
  }

  @Test
  void shouldGiveTheEndOfTheInputOnlyWhenItsTurnHasCome() throws Exception {
    StringBuilder seen = new StringBuilder();
    try (ReplayRig rig =
        new ReplayRig(
            LinkPair.open(),
            ended("hello\n"),
            PATIENCE_MS,
            socket -> {
              seen.append(socket.poll(1, 50));
              socket.writeFully(ascii("hello\n"));
              seen.append(socket.readSome(1).length);
              socket.writeFully(ascii("bye\n"));
            })) {
      rig.log().end(6);
      rig.client().peer().shutdownOutput();

      assertThat(rig.client().receiveAll()).isEqualTo(ascii("bye\n"));
      rig.awaitHandler();
      assertThat(seen).hasToString("false0");
    }
  }

  @Test
  void shouldDeliverTheRestAndTheEndOfAHandlerThatClosesDuringTheReplay() throws Exception {
    try (ReplayRig rig =
        new ReplayRig(
            LinkPair.open(),
            received("HTTP/1.0 2"),
            PATIENCE_MS,
            socket -> {
              socket.readFully(3);
              socket.writeFully(ascii("HTTP/1.0 200 OK"));
            })) {
      rig.log().turn(0, ascii("GET")).end(0);

      assertThat(rig.client().receiveAll()).isEqualTo(ascii("00 OK"));
      assertThat(rig.outcome()).isEqualTo("replayed");
      assertThat(rig.session().finalSent()).isEqualTo(15);
    }
  }

  @Test
  void shouldDeliverTheRestOfAHandlerThatClosesWithoutReadingAll() throws Exception {
    try (ReplayRig rig = new ReplayRig(LinkPair.open(), received("n"), PATIENCE_MS, sayNo())) {
      rig.log().turn(0, new byte[60_000]).turn(0, new byte[60_000]).end(0);

      assertThat(rig.client().receiveAll()).isEqualTo(ascii("o"));
      assertThat(rig.outcome()).isEqualTo("replayed");
    }
  }

  @Test
  void shouldDeliverTheRestOfAHandlerThatClosesBeforeMoreThanIsQueuedWasRead() throws Exception {
    try (ReplayRig rig = new ReplayRig(LinkPair.open(), received("n"), 1000, sayNo())) {
      for (int i = 0; i < 60; i++) {
        rig.log().turn(0, new byte[60_000]);
      }
      rig.log().end(0);

      assertThat(rig.client().receiveAll()).isEqualTo(ascii("o"));
      assertThat(rig.outcome()).isEqualTo("replayed");
    }
  }

  @Test
  void shouldFeedAHandlerThatHasEndedItsOutput() throws Exception {
    CompletableFuture<Integer> read = new CompletableFuture<>();
    try (ReplayRig rig =
        new ReplayRig(
            LinkPair.open(),
            received("hel"),
            PATIENCE_MS,
            socket -> {
              socket.writeFully(ascii("hello"));
              socket.endOutput();
              read.complete(socket.readFully(60_004).length);
            })) {
      rig.log().turn(3, new byte[60_000]).end(5);
      rig.client().send(ascii("more"));

      assertThat(rig.outcome()).isEqualTo("replayed");
      assertThat(rig.client().receiveAll()).isEqualTo(ascii("lo"));
      assertThat(read.get(10, TimeUnit.SECONDS)).isEqualTo(60_004);
    }
  }

  private static ReplayRig.Handler sayNo() {
    return socket -> {
      socket.readFully(10);
      socket.writeFully(ascii("no"));
    };
  }

  @Test
  void shouldLetAHandlerEndWhoseClientHasClosed() throws Exception {
    Replay.Client open = received("bye");
    Replay.Client closed =
        new Replay.Client(open.receivedPosition(), open.receivedChecksum(), true, true);
    try (ReplayRig rig =
        new ReplayRig(
            LinkPair.open(),
            closed,
            PATIENCE_MS,
            socket -> {
              socket.readFully(99);
              socket.writeFully(ascii("bye"));
            })) {
      rig.log().turn(0, ascii("quit")).end(0);
      rig.client().peer().shutdownOutput();

      rig.awaitHandler();
      Soon.until("over", rig::isOver);
      assertThat(rig.session().isRemoteClosed()).isTrue();
    }
  }

  // ---- much ----

  @Test
  void shouldForwardManyBytesToASlowClient() throws Exception {
    byte[] much = new byte[20 << 20];
    new Random(1).nextBytes(much);
    LinkPair pair = LinkPair.open();
    pair.peer().setReceiveBufferSize(64 << 10);
    pair.link().option(StandardSocketOptions.SO_SNDBUF, 64 << 10);
    Replay.Client client = new Replay.Client(1000, Talk.checksum(much, 1000), false, false);
    try (ReplayRig rig = new ReplayRig(pair, client, PATIENCE_MS, socket -> pour(socket, much))) {
      rig.log().turn(0, ascii("all")).turn(0, ascii("x\n")).end(0);
      Soon.until("backlog", () -> rig.session().sentPosition() > 4 << 20);

      byte[] got = rig.client().receive(much.length - 1000);

      assertSame(got, Arrays.copyOfRange(much, 1000, much.length), 1);
      assertThat(rig.client().receive(4)).isEqualTo(ascii("[x]\n"));
      assertThat(rig.outcome()).isEqualTo("replayed");
    }
  }

  @Test
  void shouldSuppressManyBytes() throws Exception {
    byte[] much = new byte[20 << 20];
    new Random(2).nextBytes(much);
    int received = much.length - 5;
    Replay.Client client = new Replay.Client(received, Talk.checksum(much, received), false, false);
    try (ReplayRig rig =
        new ReplayRig(LinkPair.open(), client, PATIENCE_MS, socket -> pour(socket, much))) {
      rig.log().turn(0, ascii("all")).end(received);

      assertThat(rig.client().receive(5)).containsExactly(last(much, 5));
      assertThat(rig.outcome()).isEqualTo("replayed");
    }
  }

  @Test
  void shouldSuppressAndForwardWhatAHandlerWritesInOneCall() throws Exception {
    byte[] much = new byte[20 << 20];
    new Random(4).nextBytes(much);
    Replay.Client client = new Replay.Client(1000, Talk.checksum(much, 1000), false, false);
    try (ReplayRig rig =
        new ReplayRig(
            LinkPair.open(),
            client,
            PATIENCE_MS,
            socket -> {
              socket.readFully(3);
              socket.writeNow(much); // as a SocketChannel in blocking mode does
              bracketLines(socket);
            })) {
      rig.log().turn(0, ascii("all")).end(0);

      assertSame(rig.client().receive(much.length - 1000), last(much, much.length - 1000), 4);
    }
  }

  private static byte[] last(byte[] bytes, int count) {
    return Arrays.copyOfRange(bytes, bytes.length - count, bytes.length);
  }

  private static void pour(Application socket, byte[] much) throws IOException {
    socket.readFully(3);
    socket.writeFully(much);
    bracketLines(socket);
  }

  @Test
  void shouldFeedManyBytes() throws Exception {
    Talk talk = Talk.random(new Random(3), 5 << 20);
    int received = talk.output().length / 2;
    try (ReplayRig rig =
        new ReplayRig(LinkPair.open(), talk.clientAt(received), PATIENCE_MS, Talk::serve)) {
      Background<byte[]> client =
          Background.start("client", () -> rig.client().receive(talk.output().length - received));
      for (int from = 0; from < talk.input().length; from += 1 << 16) {
        rig.log().turn(0, talk.input(from, Math.min(talk.input().length, from + (1 << 16))));
      }
      rig.log().end(0);

      assertThat(rig.outcome()).isEqualTo("replayed");
      assertSame(client.result(), talk.outputFrom(received), 3);
      assertThat(rig.session().receivedPosition()).isEqualTo(talk.input().length);
    }
  }
}

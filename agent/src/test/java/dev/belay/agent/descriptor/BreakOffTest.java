package dev.belay.agent.descriptor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sun.nio.ch.BelayNative;
import sun.nio.ch.BelaySeam;

/** How a session's end reaches the application: as the JDK would say it, and everyone wakes. */
@Timeout(30)
final class BreakOffTest {
  private static final byte[] HELLO = "hello".getBytes(US_ASCII);
  private static final int ADD = 1; // EPOLL_CTL_ADD

  private Application application;
  private LinkPair pair;

  @BeforeEach
  void open() throws Exception {
    application = Application.parked();
    pair = LinkPair.open();
  }

  @AfterEach
  void close() throws Exception {
    application.close();
    pair.close();
  }

  @Test
  void shouldMakeReadsThrowConnectionResetAsTheJdkDoes() {
    application.guarded().breakOff();

    assertThatThrownBy(() -> application.readNow(1))
        .hasMessage("Connection reset")
        .extracting(e -> e.getClass().getName())
        .isEqualTo("sun.net.ConnectionResetException");
    assertThat(application.guarded().isStill()).isTrue();
  }

  @Test
  void shouldMakeTheFirstWriteThrowConnectionResetAndTheNextABrokenPipe() {
    application.guarded().breakOff();

    assertThatThrownBy(() -> application.writeNow(HELLO))
        .isInstanceOf(IOException.class)
        .hasMessage("Connection reset by peer");
    assertThatThrownBy(() -> application.writeNow(HELLO)).hasMessage("Broken pipe");
    assertThatThrownBy(() -> application.readNow(1)).hasMessage("Connection reset");
    assertThat(application.guarded().isStill()).isTrue();
  }

  @Test
  void shouldNotGiveBytesThatTheLinkStillHad() throws Exception {
    application.install(pair);
    pair.send(HELLO);
    assertThat(application.poll(BelayNative.EPOLLIN, 5000)).isTrue();

    application.guarded().breakOff();

    assertThatThrownBy(() -> application.readNow(5)).hasMessage("Connection reset");
    assertThat(application.session().receivedPosition()).isZero();
  }

  @Test
  void shouldWakeAReaderThatWaitsWhileParked() {
    Background<byte[]> reader = Background.start("reader", () -> application.readSome(1));
    Kernel.awaitInside(reader, "poll");

    application.guarded().breakOff();

    assertThatThrownBy(reader::result).hasMessage("Connection reset");
  }

  @Test
  void shouldWakeAReaderThatWaitsOnALink() {
    application.install(pair);
    Background<byte[]> reader = Background.start("reader", () -> application.readSome(1));
    Kernel.awaitInside(reader, "poll");

    application.guarded().breakOff();

    assertThatThrownBy(reader::result).hasMessage("Connection reset");
  }

  @Test
  void shouldWakeAWriterThatWaitsWhileParked() {
    Background<?> writer =
        Background.start(
            "writer",
            () -> {
              application.writeFully(HELLO);
              return null;
            });
    Kernel.awaitInside(writer, "poll");

    application.guarded().breakOff();

    assertThatThrownBy(writer::result).hasMessage("Connection reset by peer");
  }

  @Test
  void shouldWakeAThreadAsleepInReadOfABlockingLink() throws Exception {
    try (Application blocking = Application.parkedBlocking()) {
      blocking.install(pair);
      Background<byte[]> reader = Background.start("reader", () -> blocking.readSome(1));
      Kernel.awaitInside(reader, "read0");

      blocking.guarded().breakOff();

      assertThatThrownBy(reader::result).hasMessage("Connection reset");
    }
  }

  @Test
  void shouldWakeASelector() throws Exception {
    int epoll = BelayNative.epoll();
    long array = BelayNative.allocateEvents(1);
    BelaySeam.ctl(epoll, ADD, application.number(), BelayNative.EPOLLIN);
    Background<Integer> selector =
        Background.start("selector", () -> BelayNative.await(epoll, array, 1, 10_000));
    Kernel.awaitInside(selector, "wait");

    application.guarded().breakOff();

    assertThat(selector.result()).isEqualTo(1);
  }

  @Test
  void shouldEndTheLinkForThePeer() throws Exception {
    application.install(pair);

    application.guarded().breakOff();

    assertThat(pair.receiveAll()).isEmpty();
  }

  @Test
  void shouldTakeNoLinkAnyMore() throws Exception {
    application.guarded().breakOff();

    assertThat(application.guarded().install(pair.link(), null)).isFalse();
    assertThat(application.guarded().park()).isFalse();

    assertThatThrownBy(() -> application.readNow(1)).hasMessage("Connection reset");
  }

  @Test
  void shouldStayWithTheFirstVerdict() {
    application.guarded().breakOff();

    application.guarded().endInOrder();

    assertThatThrownBy(() -> application.readNow(1)).hasMessage("Connection reset");
  }

  @Test
  void shouldReportNoLossOfTheLinkThatItEnded() {
    application.install(pair);

    application.guarded().breakOff();

    assertThat(application.log().entries()).isEmpty();
  }

  @Test
  void shouldEndBothDirectionsInOrderWhenNothingIsMissing() throws Exception {
    application.guarded().endInOrder();

    assertThat(application.readNow(1)).isEqualTo(BelayNative.EOF);
    assertThatThrownBy(() -> application.writeNow(HELLO)).hasMessage("Broken pipe");
    assertThat(application.guarded().isStill()).isTrue();
  }

  @Test
  void shouldWakeAReaderThatWaitsForAnEndInOrder() throws Exception {
    Background<byte[]> reader = Background.start("reader", () -> application.readSome(1));
    Kernel.awaitInside(reader, "poll");

    application.guarded().endInOrder();

    assertThat(reader.result()).isEmpty();
  }
}

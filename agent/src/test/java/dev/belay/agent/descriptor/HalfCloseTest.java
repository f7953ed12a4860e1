package dev.belay.agent.descriptor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.session.Pump;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sun.nio.ch.BelayNative;

/** shutdownOutput and shutdownInput, with and without a link. */
@Timeout(30)
final class HalfCloseTest {
  private static final byte[] HELLO = "hello".getBytes(US_ASCII);

  private Application application;
  private LinkPair first;
  private LinkPair second;

  @BeforeEach
  void open() throws Exception {
    application = Application.parked();
    first = LinkPair.open();
    second = LinkPair.open();
  }

  @AfterEach
  void close() throws Exception {
    application.close();
    first.close();
    second.close();
  }

  @Test
  void shouldEndTheOutputOfALinkAtOnce() throws Exception {
    application.install(first);
    application.writeFully(HELLO);

    application.endOutput();

    assertThat(first.receiveAll()).isEqualTo(HELLO);
    assertThat(application.log().entries()).containsExactly("outputEnded");
    first.send(HELLO);
    assertThat(application.readFully(5)).isEqualTo(HELLO);
  }

  @Test
  void shouldEndTheOutputOfTheNextLinkWhenItWasEndedWhileParked() throws Exception {
    application.endOutput();

    application.install(first);

    assertThat(first.receiveAll()).isEmpty();
    first.send(HELLO);
    assertThat(application.readFully(5)).isEqualTo(HELLO);
  }

  @Test
  void shouldEndTheOutputOnlyBehindWhatIsResent() throws Exception {
    application.install(first);
    application.writeFully(HELLO);
    application.guarded().park();
    application.endOutput();

    Pump owed = Pump.raw(application.session(), 0);
    application.guarded().install(second.link(), owed);
    assertThat(application.guarded().pump(owed)).isTrue();

    assertThat(second.receiveAll()).isEqualTo(HELLO);
  }

  @Test
  void shouldEndTheOutputBehindWhatIsResentWhenItIsEndedMeanwhile() throws Exception {
    application.install(first);
    application.writeFully(HELLO);
    Pump owed = Pump.raw(application.session(), 0);
    application.guarded().park();
    application.guarded().install(second.link(), owed);

    application.endOutput();

    assertThat(application.guarded().pump(owed)).isTrue();
    assertThat(second.receiveAll()).isEqualTo(HELLO);
  }

  @Test
  void shouldEndTheOutputOfEveryFurtherLink() throws Exception {
    application.install(first);
    application.endOutput();
    application.guarded().park();

    application.install(second);

    assertThat(second.receiveAll()).isEmpty();
  }

  @Test
  void shouldGiveAnEndToTheReaderThatWaitsWhenTheInputIsShutWhileParked() throws Exception {
    Background<byte[]> reader = Background.start("reader", () -> application.readSome(1));
    Kernel.awaitInside(reader, "poll");

    application.endInput();

    assertThat(reader.result()).isEmpty();
  }

  @Test
  void shouldShutTheInputOfTheNextLinkWhenItWasShutWhileParked() throws Exception {
    application.endInput();

    application.install(first);

    assertThat(application.poll(BelayNative.EPOLLIN, 5000)).isTrue();
    assertThat(application.readNow(1)).isEqualTo(BelayNative.EOF);
    application.writeFully(HELLO);
    assertThat(first.receive(5)).isEqualTo(HELLO);
    assertThat(application.log().entries()).isEmpty();
  }

  @Test
  void shouldShutTheInputOfALinkAtOnce() throws Exception {
    application.install(first);

    application.endInput();

    assertThat(application.readNow(1)).isEqualTo(BelayNative.EOF);
    application.writeFully(HELLO);
    assertThat(first.receive(5)).isEqualTo(HELLO);
  }
}

package dev.belay.agent.descriptor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardSocketOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sun.nio.ch.BelayNative;

/** Between links a descriptor is quiet, and whoever waits on it waits for the next link. */
@Timeout(30)
final class ParkingTest {
  private static final int IN_OR_OUT = BelayNative.EPOLLIN | BelayNative.EPOLLOUT;
  private static final byte[] HELLO = "hello".getBytes(US_ASCII);

  @Test
  void shouldCarryBytesBothWaysOnALink() throws Exception {
    try (Application application = Application.parked();
        LinkPair pair = LinkPair.open()) {
      application.install(pair);

      pair.send(HELLO);
      application.writeFully(HELLO);

      assertThat(application.readFully(5)).isEqualTo(HELLO);
      assertThat(pair.receive(5)).isEqualTo(HELLO);
      assertThat(application.session().receivedPosition()).isEqualTo(5);
      assertThat(application.session().sentPosition()).isEqualTo(5);
    }
  }

  @Test
  void shouldBeNeitherReadableNorWritableWhileParked() throws Exception {
    try (Application application = Application.parked()) {
      assertThat(application.poll(IN_OR_OUT, 0)).isFalse();
      assertThat(application.readNow(1)).isEqualTo(BelayNative.UNAVAILABLE);
      assertThat(application.writeNow(HELLO)).isEqualTo(BelayNative.UNAVAILABLE);
      assertThat(application.guarded().available()).isZero();
    }
  }

  @Test
  void shouldBeQuietAfterALinkThatHadBytesWaiting() throws Exception {
    try (Application application = Application.parked();
        LinkPair pair = LinkPair.open()) {
      application.install(pair);
      pair.send(HELLO);
      assertThat(application.poll(BelayNative.EPOLLIN, 5000)).isTrue();

      assertThat(application.guarded().park()).isTrue();

      assertThat(application.poll(IN_OR_OUT, 0)).isFalse();
      assertThat(application.readNow(5)).isEqualTo(BelayNative.UNAVAILABLE);
      assertThat(application.session().receivedPosition()).isZero();
    }
  }

  @Test
  void shouldEndTheOldLinkForThePeer() throws Exception {
    try (Application application = Application.parked();
        LinkPair pair = LinkPair.open()) {
      application.install(pair);
      application.writeFully(HELLO);

      application.guarded().park();

      assertThat(pair.receiveAll()).isEqualTo(HELLO);
    }
  }

  @Test
  void shouldSayWhetherThereWasALinkToTakeAway() throws Exception {
    try (Application application = Application.parked();
        LinkPair pair = LinkPair.open()) {
      assertThat(application.guarded().park()).isFalse();
      application.install(pair);

      assertThat(application.guarded().park()).isTrue();
      assertThat(application.guarded().park()).isFalse();
    }
  }

  @Test
  void shouldNotTakeASecondLink() throws Exception {
    try (Application application = Application.parked();
        LinkPair first = LinkPair.open();
        LinkPair second = LinkPair.open()) {
      application.install(first);

      assertThat(application.guarded().install(second.link(), null)).isFalse();

      application.writeFully(HELLO);
      assertThat(first.receive(5)).isEqualTo(HELLO);
    }
  }

  @Test
  void shouldKeepSocketOptionsWorkingWhileParked() throws Exception {
    try (Application application = Application.parked()) {
      application.option(StandardSocketOptions.TCP_NODELAY, true);
      application.option(StandardSocketOptions.SO_KEEPALIVE, true);
      application.option(StandardSocketOptions.SO_LINGER, 7);

      assertThat(application.option(StandardSocketOptions.TCP_NODELAY)).isEqualTo(true);
      assertThat(application.option(StandardSocketOptions.SO_KEEPALIVE)).isEqualTo(true);
      assertThat(application.option(StandardSocketOptions.SO_LINGER)).isEqualTo(7);
    }
  }

  @Test
  void shouldKnowWhetherThereIsSomethingToRead() throws Exception {
    try (Application application = Application.parked();
        LinkPair pair = LinkPair.open()) {
      assertThat(application.guarded().hasNothingToRead()).as("no link").isFalse();
      application.install(pair);
      assertThat(application.guarded().hasNothingToRead()).isTrue();

      pair.send(HELLO);
      assertThat(application.poll(BelayNative.EPOLLIN, 5000)).isTrue();

      assertThat(application.guarded().hasNothingToRead()).isFalse();
      application.readFully(5);
      assertThat(application.guarded().hasNothingToRead()).isTrue();
    }
  }

  // ---- threads that are asleep when links change ----

  @Test
  void shouldBringBackAReaderThatWaitsOnTheQuietLink() throws Exception {
    try (Application application = Application.parked();
        LinkPair pair = LinkPair.open()) {
      Background<byte[]> reader = Background.start("reader", () -> application.readFully(5));
      Kernel.awaitInside(reader, "poll");

      application.install(pair);
      pair.send(HELLO);

      assertThat(reader.result()).isEqualTo(HELLO);
    }
  }

  @Test
  void shouldBringBackAWriterThatWaitsOnTheQuietLink() throws Exception {
    try (Application application = Application.parked();
        LinkPair pair = LinkPair.open()) {
      Background<?> writer = Background.start("writer", () -> write(application, HELLO));
      Kernel.awaitInside(writer, "poll");

      application.install(pair);

      writer.result();
      assertThat(pair.receive(5)).isEqualTo(HELLO);
    }
  }

  @Test
  void shouldBringBackReaderAndWriterAlike() throws Exception {
    try (Application application = Application.parked();
        LinkPair pair = LinkPair.open()) {
      Background<byte[]> reader = Background.start("reader", () -> application.readFully(5));
      Background<?> writer = Background.start("writer", () -> write(application, HELLO));
      Kernel.awaitInside(reader, "poll");
      Kernel.awaitInside(writer, "poll");

      application.install(pair);
      pair.send(pair.receive(5));

      writer.result();
      assertThat(reader.result()).isEqualTo(HELLO);
    }
  }

  @Test
  void shouldTakeAReaderAlongFromALinkToTheNext() throws Exception {
    try (Application application = Application.parked();
        LinkPair first = LinkPair.open();
        LinkPair second = LinkPair.open()) {
      application.install(first);
      Background<byte[]> reader = Background.start("reader", () -> application.readFully(5));
      Kernel.awaitInside(reader, "poll");

      application.guarded().park();
      application.install(second);
      second.send(HELLO);

      assertThat(reader.result()).isEqualTo(HELLO);
    }
  }

  @Test
  void shouldBringBackAThreadAsleepInReadOfABlockingLink() throws Exception {
    try (Application application = Application.parkedBlocking();
        LinkPair first = LinkPair.open();
        LinkPair second = LinkPair.open()) {
      application.install(first);
      Background<byte[]> reader = Background.start("reader", () -> application.readFully(5));
      Kernel.awaitInside(reader, "read0");

      application.guarded().park();
      Kernel.awaitInside(reader, "poll");
      application.install(second);
      second.send(HELLO);

      assertThat(reader.result()).isEqualTo(HELLO);
    }
  }

  @Test
  void shouldBringBackAThreadAsleepInWriteToABlockingLink() throws Exception {
    byte[] much = new byte[1 << 20];
    try (Application application = Application.parkedBlocking();
        LinkPair first = LinkPair.narrow();
        LinkPair second = LinkPair.open()) {
      application.install(first);
      Background<?> writer = Background.start("writer", () -> write(application, much));
      Kernel.awaitInside(writer, "write0");

      application.guarded().park();
      Kernel.awaitInside(writer, "poll");
      long taken = application.session().sentPosition();
      application.install(second);

      assertThat(second.receive((int) (much.length - taken))).hasSize((int) (much.length - taken));
      writer.result();
      assertThat(application.session().sentPosition()).isEqualTo(much.length);
    }
  }

  private static Void write(Application application, byte[] bytes) throws IOException {
    application.writeFully(bytes);
    return null;
  }
}

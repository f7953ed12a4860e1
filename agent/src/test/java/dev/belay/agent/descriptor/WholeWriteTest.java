package dev.belay.agent.descriptor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.session.Pump;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One write of a blocking socket takes all its bytes, whatever happens to the link meanwhile. */
@Timeout(30)
final class WholeWriteTest {
  private static final int MUCH_BYTES = 12 << 20;

  private final byte[] much = new byte[MUCH_BYTES];
  private Application application;
  private LinkPair first;
  private LinkPair second;

  @BeforeEach
  void open() throws Exception {
    new Random(5).nextBytes(much);
    application = Application.parkedBlocking();
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
  void shouldTakeAllOfALargeWrite() throws Exception {
    application.install(first);
    Background<Integer> writer = Background.start("writer", () -> application.writeNow(much));

    byte[] received = first.receive(MUCH_BYTES);

    assertThat(writer.result()).isEqualTo(MUCH_BYTES);
    assertThat(Arrays.mismatch(received, much)).isEqualTo(-1);
  }

  @Test
  void shouldCountALargeWriteAsItGoes() throws Exception {
    try (LinkPair narrow = LinkPair.narrow()) { // else the kernel may take it all
      application.install(narrow);
      Background<Integer> writer = Background.start("writer", () -> application.writeNow(much));

      narrow.receive(6 << 20);

      Soon.until("counted", () -> application.session().sentPosition() >= 5 << 20);
      application.guarded().breakOff();
      try {
        assertThat(writer.result()).isBetween(6 << 20, MUCH_BYTES - 1);
      } catch (IOException e) {
        assertThat(e).hasMessage("Connection reset by peer"); // it was between two pieces
      }
    }
  }

  @Test
  void shouldGoOnWithTheNextLinkInTheSameCall() throws Exception {
    application.install(first);
    Background<Integer> writer = Background.start("writer", () -> application.writeNow(much));
    byte[] before = first.receive(2 << 20);
    application.guarded().park();
    Soon.until("still", application.guarded()::isStill);

    Pump owed = Pump.raw(application.session(), before.length);
    application.guarded().install(second.link(), owed);
    byte[] after = second.receive(MUCH_BYTES - before.length);

    assertThat(writer.result()).isEqualTo(MUCH_BYTES);
    assertThat(Arrays.mismatch(before, Arrays.copyOf(much, before.length))).isEqualTo(-1);
    assertThat(Arrays.mismatch(after, Arrays.copyOfRange(much, before.length, MUCH_BYTES)))
        .isEqualTo(-1);
  }

  @Test
  void shouldTakeOnlyWhatThereIsRoomForOfANonBlockingWrite() throws Exception {
    try (Application nonBlocking = Application.parked();
        LinkPair narrow = LinkPair.narrow()) {
      nonBlocking.install(narrow);

      int taken = nonBlocking.writeNow(much);

      assertThat(taken).isBetween(1, MUCH_BYTES - 1);
      assertThat(nonBlocking.session().sentPosition()).isEqualTo(taken);
    }
  }
}

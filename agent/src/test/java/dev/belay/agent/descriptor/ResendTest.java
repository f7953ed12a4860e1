package dev.belay.agent.descriptor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.session.Pump;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sun.nio.ch.BelayNative;

/** What the lost link owed goes first, then the application's own writes, each byte once. */
@Timeout(60)
final class ResendTest {
  private Application application;

  @BeforeEach
  void open() throws Exception {
    application = Application.parked();
  }

  @AfterEach
  void close() throws Exception {
    application.close();
  }

  private static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** The session has sent all this into a link that is gone. */
  private void loseAfter(byte[] bytes) throws Exception {
    try (LinkPair lost = LinkPair.open()) {
      application.install(lost);
      Background<byte[]> peer = Background.start("peer", () -> lost.receive(bytes.length));
      application.writeFully(bytes);
      peer.result();
      application.guarded().park();
    }
  }

  @Test
  void shouldSendFromTheGivenPositionAndThenWhatTheApplicationWrites() throws Exception {
    byte[] stream = random(1, 300);
    loseAfter(Arrays.copyOf(stream, 200));
    try (LinkPair next = LinkPair.open()) {
      Pump owed = Pump.raw(application.session(), 50);
      application.guarded().install(next.link(), owed);

      assertThat(application.guarded().pump(owed)).isTrue();
      application.writeFully(Arrays.copyOfRange(stream, 200, 300));

      assertThat(next.receive(250)).isEqualTo(Arrays.copyOfRange(stream, 50, 300));
      assertThat(application.log().entries()).containsExactly("pumped");
      assertThat(application.session().sentPosition()).isEqualTo(300);
    }
  }

  @Test
  void shouldGiveInputWhileItResends() throws Exception {
    loseAfter(random(1, 100));
    try (LinkPair next = LinkPair.open()) {
      Pump owed = Pump.raw(application.session(), 0);
      application.guarded().install(next.link(), owed);
      next.send(random(2, 10));

      assertThat(application.readFully(10)).isEqualTo(random(2, 10));
      assertThat(application.log().entries()).isEmpty();
    }
  }

  @Test
  void shouldBeHelpedByTheWriter() throws Exception {
    byte[] stream = random(1, 200);
    loseAfter(Arrays.copyOf(stream, 100));
    try (LinkPair next = LinkPair.open()) {
      Pump owed = Pump.raw(application.session(), 0);
      application.guarded().install(next.link(), owed);

      application.writeFully(Arrays.copyOfRange(stream, 100, 200));

      assertThat(next.receive(200)).isEqualTo(stream);
      assertThat(application.log().entries()).containsExactly("pumped");
    }
  }

  @Test
  void shouldMakeTheWriterWaitUntilThePeerTakesWhatIsResent() throws Exception {
    byte[] stream = random(1, 4 << 20);
    loseAfter(stream);
    try (LinkPair next = LinkPair.narrow()) {
      Pump owed = Pump.raw(application.session(), 0);
      application.guarded().install(next.link(), owed);

      assertThat(application.guarded().pump(owed)).isFalse();
      assertThat(application.writeNow(new byte[1])).isEqualTo(BelayNative.UNAVAILABLE);

      assertThat(application.session().sentPosition()).isEqualTo(stream.length);
    }
  }

  @Test
  void shouldParkWhenTheLinkFailsWhileItResends() throws Exception {
    loseAfter(random(1, 4 << 20));
    try (LinkPair next = LinkPair.narrow()) {
      Pump owed = Pump.raw(application.session(), 0);
      application.guarded().install(next.link(), owed);
      assertThat(application.guarded().pump(owed)).isFalse();

      next.reset();
      Soon.until("given up", () -> application.guarded().pump(owed));

      assertThat(application.log().entries()).hasSize(1);
      assertThat(application.log().entries().get(0)).startsWith("lost:");
      assertThat(application.writeNow(new byte[1])).isEqualTo(BelayNative.UNAVAILABLE);
    }
  }

  @Test
  void shouldHaveNothingToDoForAPumpThatWasDropped() throws Exception {
    loseAfter(random(1, 100));
    try (LinkPair next = LinkPair.open()) {
      Pump owed = Pump.raw(application.session(), 0);
      application.guarded().install(next.link(), owed);
      application.guarded().park();

      assertThat(application.guarded().pump(owed)).isTrue();

      assertThat(next.receiveAll()).isEmpty();
      assertThat(owed.isFinished()).isFalse();
    }
  }

  @Test
  void shouldFinishThePumpBeforeTheApplicationSendsByItself() throws Exception {
    byte[] stream = random(1, 150);
    loseAfter(Arrays.copyOf(stream, 100));
    try (LinkPair next = LinkPair.open()) {
      Pump owed = Pump.raw(application.session(), 0);
      application.guarded().install(next.link(), owed);

      application.writeFully(Arrays.copyOfRange(stream, 100, 150));
      application.close();

      assertThat(owed.isFinished()).isTrue();
      assertThat(application.guarded().pumpAfterClose(owed, next.link())).isTrue();
      next.link().close();
      assertThat(next.receiveAll()).isEqualTo(stream);
    }
  }

  @Test
  void shouldSendWhatIsOwedThoughTheApplicationHasClosed() throws Exception {
    byte[] stream = random(1, 100);
    loseAfter(stream);
    try (LinkPair next = LinkPair.open()) {
      Pump owed = Pump.raw(application.session(), 30);
      application.close();

      assertThat(application.guarded().install(next.link(), owed)).isFalse();
      assertThat(application.guarded().pumpAfterClose(owed, next.link())).isTrue();

      next.link().close();
      assertThat(next.receiveAll()).isEqualTo(Arrays.copyOfRange(stream, 30, 100));
    }
  }

  @Test
  void shouldLoseTheLinkWhenWhatIsOwedIsNoLongerKept() throws Exception {
    loseAfter(random(1, 100));
    application.session().sentLog().releaseSent(50);
    try (LinkPair next = LinkPair.open()) {
      application.guarded().install(next.link(), Pump.raw(application.session(), 0));

      assertThat(application.writeNow(new byte[1])).isEqualTo(BelayNative.UNAVAILABLE);

      assertThat(application.log().entries())
          .containsExactly("lost:log truncated: wanted=0 start=50 end=100");
    }
  }

  @Test
  void shouldSendEachByteOnceWhenWriterAndLoopPumpTogether() throws Exception {
    for (long seed = 1; seed <= 60; seed++) {
      try (Application fresh = Application.parked();
          LinkPair next = LinkPair.narrow()) {
        Race race = new Race(seed, fresh, next);
        assertThat(race.run()).as("seed=%d", seed).isEqualTo(race.expected());
        assertThat(fresh.log().entries()).as("seed=%d", seed).containsOnlyOnce("pumped");
      }
    }
  }

  /** One resend that a writer and the loop work at together. */
  private static final class Race {
    private final Application application;
    private final LinkPair next;
    private final byte[] stream;
    private final int owed;
    private final int from;
    private Pump pump;

    Race(long seed, Application application, LinkPair next) {
      Random random = new Random(seed);
      this.application = application;
      this.next = next;
      stream = ResendTest.random(seed, 1 + random.nextInt(400_000));
      owed = random.nextInt(stream.length + 1);
      from = random.nextInt(owed + 1);
    }

    byte[] expected() {
      return Arrays.copyOfRange(stream, from, stream.length);
    }

    /** What the peer gets. */
    byte[] run() throws Exception {
      ByteBuffer sent = Application.direct(stream);
      application.session().sent(JdkMemory.addressOf(sent), owed);
      Reference.reachabilityFence(sent); // else it may be freed while it is read
      pump = Pump.raw(application.session(), from);
      application.guarded().install(next.link(), pump);
      Background<byte[]> peer = Background.start("peer", next::receiveAll);
      Background<?> loop = Background.start("loop", this::pump);
      application.writeFully(Arrays.copyOfRange(stream, owed, stream.length));
      loop.result();
      application.endOutput();
      return peer.result();
    }

    private Void pump() {
      while (!application.guarded().pump(pump)) {
        Thread.onSpinWait();
      }
      return null;
    }
  }
}

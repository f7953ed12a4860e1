package dev.belay.agent.descriptor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sun.nio.ch.BelayHook;
import sun.nio.ch.BelayNative;

/** Positions are exchanged only when no call that began on the old link can still change them. */
@Timeout(30)
final class StillnessTest {
  private static final byte[] HELLO = "hello".getBytes(US_ASCII);
  private static final int SWAPS = 3000;
  private static final int LOOKS = 100;

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(HELLO.length);
  private final long address = JdkMemory.addressOf(buffer);

  @Test
  void shouldNotBeStillWhileAReadIsInProgress() throws Exception {
    try (Application application = Application.parked();
        LinkPair pair = LinkPair.open()) {
      GuardedDescriptor guarded = application.guarded();
      application.install(pair);
      pair.send(HELLO);
      assertThat(application.poll(BelayNative.EPOLLIN, 5000)).isTrue();
      assertThat(guarded.beginRead()).isEqualTo(BelayHook.GO);
      int n = BelayNative.read(application.fd(), buffer);

      guarded.park();

      assertThat(guarded.isStill()).isFalse();
      assertThat(guarded.endRead(address, n)).isEqualTo(n);
      assertThat(guarded.isStill()).isTrue();
      assertThat(application.session().receivedPosition()).isEqualTo(n);
    }
  }

  @Test
  void shouldNotBeStillWhileAWriteIsInProgress() throws Exception {
    try (Application application = Application.parked();
        LinkPair pair = LinkPair.open()) {
      GuardedDescriptor guarded = application.guarded();
      application.install(pair);
      assertThat(guarded.beginWrite()).isEqualTo(BelayHook.GO);
      int n = BelayNative.write(application.fd(), buffer.put(HELLO).flip());

      guarded.park();

      assertThat(guarded.isStill()).isFalse();
      assertThat(guarded.isWriteStill()).isFalse();
      assertThat(guarded.endWrite(address, n)).isEqualTo(n);
      assertThat(guarded.isStill()).isTrue();
      assertThat(application.session().sentPosition()).isEqualTo(n);
    }
  }

  @Test
  void shouldTellReadsFromWrites() throws Exception {
    try (Application application = Application.parked();
        LinkPair pair = LinkPair.open()) {
      GuardedDescriptor guarded = application.guarded();
      application.install(pair);

      guarded.beginRead();

      assertThat(guarded.isStill()).isFalse();
      assertThat(guarded.isWriteStill()).isTrue();
      guarded.endRead(address, BelayNative.UNAVAILABLE);
      assertThat(guarded.isStill()).isTrue();
    }
  }

  @Test
  void shouldBeStillAfterACallThatFoundNoLink() throws Exception {
    try (Application application = Application.parked()) {
      assertThat(application.guarded().beginRead()).isEqualTo(BelayNative.UNAVAILABLE);
      assertThat(application.guarded().beginWrite()).isEqualTo(BelayNative.UNAVAILABLE);

      assertThat(application.guarded().isStill()).isTrue();
    }
  }

  @Test
  void shouldRetryACallThatWentToTheQuietLink() throws Exception {
    try (Application application = Application.parked();
        LinkPair pair = LinkPair.open()) {
      GuardedDescriptor guarded = application.guarded();
      application.install(pair);
      assertThat(guarded.beginRead()).isEqualTo(BelayHook.GO);
      assertThat(guarded.beginWrite()).isEqualTo(BelayHook.GO);

      guarded.park();

      assertThat(NativeCall.read(application, buffer)).isEqualTo(BelayHook.RETRY);
      assertThat(NativeCall.write(application, buffer)).isEqualTo(BelayHook.RETRY);
      assertThat(guarded.isStill()).isTrue();
      assertThat(application.log().entries()).isEmpty();
    }
  }

  @Test
  void shouldCountBytesOfVectorsBeforeBeingStill() throws Exception {
    try (Application application = Application.parked();
        LinkPair pair = LinkPair.open()) {
      GuardedDescriptor guarded = application.guarded();
      Vectors vectors = new Vectors(3, 4);
      application.install(pair);
      guarded.beginRead();
      guarded.beginWrite();

      guarded.park();

      assertThat(guarded.endReadVector(vectors.address(), 2, 5)).isEqualTo(5);
      assertThat(guarded.endWriteVector(vectors.address(), 2, 6)).isEqualTo(6);
      assertThat(application.session().receivedPosition()).isEqualTo(5);
      assertThat(application.session().sentPosition()).isEqualTo(6);
      assertThat(guarded.isStill()).isTrue();
    }
  }

  @Test
  void shouldNotBeStillBeforeTheBytesAreCounted() throws Exception {
    List<Boolean> stillWhileCounting = new ArrayList<>();
    AtomicReference<GuardedDescriptor> guarded = new AtomicReference<>();
    WatchedMemory memory =
        new WatchedMemory() {
          @Override
          void counting() {
            stillWhileCounting.add(guarded.get().isStill());
          }
        };
    try (Application application = Application.parked(Sessions.ofClient(memory));
        LinkPair pair = LinkPair.open()) {
      guarded.set(application.guarded());
      application.install(pair);
      pair.send(HELLO);

      application.readFully(5);
      application.writeFully(HELLO);

      assertThat(stillWhileCounting).containsExactly(false, false);
      assertThat(application.guarded().isStill()).isTrue();
    }
  }

  @Test
  void shouldLetNoCallBeginOnceItIsStillAndParked() throws Exception {
    try (Application application = Application.parked()) {
      GuardedDescriptor guarded = application.guarded();
      AtomicBoolean isInside = new AtomicBoolean();
      AtomicBoolean isOver = new AtomicBoolean();
      RawSocket link = RawSocket.open();
      Background<?> reader =
          Background.start("reader", () -> beginAndEnd(guarded, isInside, isOver));

      for (int round = 0; round < SWAPS; round++) {
        guarded.install(link, null);
        guarded.park();
        while (!guarded.isStill()) {
          Thread.onSpinWait();
        }
        boolean wasInside = false;
        for (int look = 0; look < LOOKS; look++) {
          wasInside |= isInside.get();
        }
        assertThat(wasInside).as("round %d", round).isFalse();
      }

      isOver.set(true);
      reader.result();
      link.close();
    }
  }

  private static Void beginAndEnd(
      GuardedDescriptor guarded, AtomicBoolean isInside, AtomicBoolean isOver) throws Exception {
    while (!isOver.get()) {
      if (guarded.beginRead() == BelayHook.GO) {
        isInside.set(true);
        Thread.onSpinWait();
        isInside.set(false);
        guarded.endRead(0, BelayNative.UNAVAILABLE);
      }
    }
    return null;
  }
}

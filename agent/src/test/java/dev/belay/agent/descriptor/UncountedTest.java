package dev.belay.agent.descriptor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sun.nio.ch.BelayHook;

/** A session whose bytes cannot be counted ends with a reset: it never goes on with a hole. */
@Timeout(30)
final class UncountedTest {
  private static final byte[] HELLO = "hello".getBytes(US_ASCII);

  /** There is no memory left just when it is needed. */
  private static final class PoorMemory extends WatchedMemory {
    @Override
    void counting() {
      throw new OutOfMemoryError("as the test wants it");
    }
  }

  private final ByteBuffer memory = Application.direct(HELLO);
  private final long address = JdkMemory.addressOf(memory);
  private final Vectors vectors = new Vectors(HELLO.length);

  private Application application;
  private GuardedDescriptor guarded;
  private LinkPair pair;

  @BeforeEach
  void open() throws Exception {
    application = Application.parked(Sessions.ofClient(new PoorMemory()));
    guarded = application.guarded();
    pair = LinkPair.open();
    application.install(pair);
  }

  @AfterEach
  void close() throws Exception {
    application.close();
    pair.close();
  }

  private void checkBroken() throws Exception {
    assertThat(application.log().entries()).containsExactly("broken:bytes could not be counted");
    assertThat(guarded.isStill()).isTrue();
    assertThatThrownBy(() -> application.readNow(1)).hasMessageStartingWith("Connection reset");
    assertThatThrownBy(() -> application.writeNow(HELLO)).isInstanceOf(IOException.class);
    assertThat(pair.receive(1)).isEmpty();
  }

  @Test
  void shouldBreakWhenAReadCannotBeCounted() throws Exception {
    assertThat(guarded.beginRead()).isEqualTo(BelayHook.GO);

    assertThatThrownBy(() -> guarded.endRead(address, HELLO.length))
        .isInstanceOf(OutOfMemoryError.class);

    checkBroken();
  }

  @Test
  void shouldBreakWhenAScatteringReadCannotBeCounted() throws Exception {
    assertThat(guarded.beginRead()).isEqualTo(BelayHook.GO);

    assertThatThrownBy(() -> guarded.endReadVector(vectors.address(), 1, HELLO.length))
        .isInstanceOf(OutOfMemoryError.class);

    checkBroken();
  }

  @Test
  void shouldBreakWhenAWriteCannotBeCounted() throws Exception {
    assertThat(guarded.beginWrite()).isEqualTo(BelayHook.GO);

    assertThatThrownBy(() -> guarded.endWrite(address, HELLO.length))
        .isInstanceOf(OutOfMemoryError.class);

    checkBroken();
  }

  @Test
  void shouldBreakWhenAGatheringWriteCannotBeCounted() throws Exception {
    assertThat(guarded.beginWrite()).isEqualTo(BelayHook.GO);

    assertThatThrownBy(() -> guarded.endWriteVector(vectors.address(), 1, HELLO.length))
        .isInstanceOf(OutOfMemoryError.class);

    checkBroken();
  }

  /** The number is somebody else's by now, but nobody may take the end for an orderly one. */
  @Test
  void shouldTellTheOwnerWhenTheApplicationHasClosedMeanwhile() throws Exception {
    assertThat(guarded.beginWrite()).isEqualTo(BelayHook.GO);
    application.close();

    assertThatThrownBy(() -> guarded.endWrite(address, HELLO.length))
        .isInstanceOf(OutOfMemoryError.class);

    assertThat(application.log().entries())
        .containsExactly("closed", "broken:bytes could not be counted");
    assertThat(guarded.isClosed()).isTrue();
  }
}

package dev.belay.agent.descriptor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.session.Pump;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sun.nio.ch.BelayNative;

/** A writer that helps to resend is overtaken by the loss of the link and by the next one. */
@Timeout(30)
final class LateResendTest {
  private static final byte[] HELLO = "hello".getBytes(US_ASCII);

  /** Held here: a buffer that nobody holds is freed while its address is still in use. */
  private static final ByteBuffer SENT = Application.direct(new byte[9]);

  @Test
  void shouldNotBeStillWhileAWriterResends() throws Exception {
    HeldMemory memory = new HeldMemory();
    try (Application held = Application.parked(Sessions.ofClient(memory));
        LinkPair lost = LinkPair.open();
        LinkPair next = LinkPair.open()) {
      held.session().sent(JdkMemory.addressOf(SENT), 9);
      held.guarded().install(lost.link(), Pump.raw(held.session(), 0));
      Background<?> holder = memory.holdSessionLock(held.session());
      Background<Integer> writer = Background.start("writer", () -> held.writeNow(new byte[1]));
      Soon.until("writer waits", () -> writer.thread().getState() == Thread.State.WAITING);

      held.guarded().park();

      assertThat(held.guarded().isStill()).isFalse();
      memory.letGo();
      holder.result();
      assertThat(writer.result()).isEqualTo(BelayNative.UNAVAILABLE);
      assertThat(held.guarded().isStill()).isTrue();
      held.install(next);
      next.send(HELLO);
      assertThat(held.readFully(5)).isEqualTo(HELLO);
      assertThat(held.log().entries()).isEmpty();
    }
  }
}

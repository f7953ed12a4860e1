package dev.belay.agent.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The memory that worlds share which run at the same time. */
@Timeout(60)
final class MemoryTest {
  private static final int LOANS = 200_000;

  private final Set<ByteBuffer> lent =
      Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

  /** Each loan that somebody else has, too. */
  private boolean isShared(int loan) {
    ByteBuffer buffer = Memory.lend();
    boolean isShared = !lent.add(buffer);
    lent.remove(buffer);
    Memory.giveBack(buffer);
    return isShared;
  }

  @Test
  void shouldNotLendABufferToTwoWorlds() {
    assertThat(IntStream.range(0, LOANS).parallel().filter(this::isShared).count()).isZero();
  }
}

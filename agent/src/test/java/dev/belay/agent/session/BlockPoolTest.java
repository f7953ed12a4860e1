package dev.belay.agent.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@link BlockPool}: each block has one owner, and what nobody needs does not stay. */
final class BlockPoolTest {
  private static final int BLOCK = 8;
  private static final int THREADS = 4;
  private static final int ROUNDS = 20_000;

  private final List<byte[]> made = new ArrayList<>();
  private final BlockPool pool = new BlockPool(BLOCK, this::make);

  @Test
  void shouldGiveWhatCameLastFirstAndMakeWhatItLacks() {
    byte[] first = new byte[BLOCK];
    byte[] last = new byte[BLOCK];
    pool.put(first, 100);
    pool.put(last, 100);

    assertThat(pool.take() == last).isTrue();
    assertThat(pool.take() == first).isTrue();
    assertThat(made).isEmpty();
    byte[] fresh = pool.take();
    assertThat(made).hasSize(1);
    assertThat(made.get(0) == fresh).isTrue();
  }

  @Test
  void shouldKeepNoMoreThanItMay() {
    for (int i = 0; i < 100; i++) {
      pool.put(new byte[BLOCK], 5 * BLOCK + 7);
    }
    pool.put(new byte[BLOCK], -BLOCK);

    assertThat(pool.heldBytes()).isEqualTo(5 * BLOCK);
  }

  @Test
  void shouldShrinkToWhatItIsTold() {
    fill(50);

    pool.shrinkTo(20 * BLOCK + 1);
    assertThat(pool.heldBytes()).isEqualTo(20 * BLOCK);

    pool.shrinkTo(-1);
    assertThat(pool.heldBytes()).isZero();
    assertThat(pool.take()).hasSize(BLOCK);
    assertThat(made).hasSize(1);
  }

  @Test
  void shouldForgetHalfOfWhatNobodyNeeded() {
    fill(100);
    pool.trim(); // the first ones may be needed yet
    assertThat(pool.heldBytes()).isEqualTo(100 * BLOCK);
    byte[] needed = null;
    for (int i = 0; i < 40; i++) {
      needed = pool.take();
    }
    pool.put(needed, Long.MAX_VALUE);

    pool.trim();

    assertThat(pool.heldBytes()).isEqualTo(31 * BLOCK);
    assertThat(pool.take() == needed).isTrue();
  }

  @Test
  void shouldForgetAllWhenNobodyNeedsAny() {
    fill(1000);

    for (int i = 0; i < 20; i++) {
      pool.trim();
    }

    assertThat(pool.heldBytes()).isZero();
  }

  @Test
  void shouldRejectWhatIsNoBlock() {
    assertThatIllegalArgumentException().isThrownBy(() -> pool.put(new byte[BLOCK - 1], 1000));
  }

  @Test
  @Timeout(20)
  void shouldGiveEachBlockToOneOwnerWhenThreadsRace() throws Exception {
    BlockPool shared = new BlockPool(BLOCK, byte[]::new);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    List<Future<Integer>> strangers = new ArrayList<>();
    for (int i = 1; i <= THREADS; i++) {
      byte owner = (byte) i;
      strangers.add(threads.submit(() -> takeAndPut(shared, owner)));
    }
    threads.shutdown();

    for (Future<Integer> each : strangers) {
      assertThat(each.get(15, TimeUnit.SECONDS)).isZero();
    }
  }

  /** Returns how often somebody else wrote to a block of this thread's. */
  private static int takeAndPut(BlockPool pool, byte owner) {
    int strange = 0;
    byte[] mark = new byte[BLOCK];
    Arrays.fill(mark, owner);
    for (int i = 0; i < ROUNDS; i++) {
      byte[] one = pool.take();
      Arrays.fill(one, owner);
      byte[] other = pool.take();
      Arrays.fill(other, owner);
      strange += Arrays.equals(one, mark) && Arrays.equals(other, mark) && one != other ? 0 : 1;
      pool.put(one, 3 * BLOCK);
      pool.put(other, 3 * BLOCK);
      if (i % 16 == 0) {
        pool.trim();
      }
    }
    return strange;
  }

  private void fill(int count) {
    for (int i = 0; i < count; i++) {
      pool.put(new byte[BLOCK], Long.MAX_VALUE);
    }
  }

  private byte[] make(int bytes) {
    byte[] block = new byte[bytes];
    made.add(block);
    return block;
  }
}

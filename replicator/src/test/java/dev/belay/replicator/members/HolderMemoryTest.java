package dev.belay.replicator.members;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.replicator.cluster.HeldMemory;
import dev.belay.replicator.held.HeldRecord;
import dev.belay.replicator.log.Epoch;
import dev.belay.replicator.log.SessionId;
import dev.belay.replicator.log.SessionRecord;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is held for others counts in a memory that others use, too. */
final class HolderMemoryTest {
  private static final long LIMIT_BYTES = 10_000;
  private static final int RUN_BYTES = 4_000;
  private static final Epoch EPOCH = Epoch.FIRST;

  private long usedBytes;

  private final HeldMemory memory =
      new HeldMemory() {
        @Override
        public long freeBytes() {
          return Math.max(0, LIMIT_BYTES - usedBytes);
        }

        @Override
        public void changed(long bytes) {
          usedBytes += bytes;
        }
      };

  private final Holder holder = new Holder(() -> 0, memory, line -> {});

  private void open(SessionId id) {
    holder.answer(new Call.Open(new SessionRecord(id, EPOCH, "7001", "server", new byte[0], 0, 0)));
  }

  private Answer append(SessionId id, long from) {
    byte[] bytes = new byte[RUN_BYTES];
    return holder.answer(
        new Call.Append(
            id, EPOCH, List.of(new HeldRecord<>(from, from + RUN_BYTES, bytes, RUN_BYTES))));
  }

  @Test
  void shouldTellWhatIsHeldAndWhatIsNotAnyMore() {
    SessionId first = new SessionId(1, 1);
    SessionId second = new SessionId(2, 2);
    open(first);
    open(second);
    append(first, 0);
    append(second, 0);
    assertThat(usedBytes).isEqualTo(holder.heldBytes()).isGreaterThan(2 * RUN_BYTES);

    holder.answer(new Call.Close(first, EPOCH));
    assertThat(usedBytes).isEqualTo(holder.heldBytes()).isBetween((long) RUN_BYTES, LIMIT_BYTES);

    holder.expire(Duration.ZERO);
    assertThat(usedBytes).isEqualTo(holder.heldBytes()).isZero();
  }

  @Test
  void shouldHoldNoMoreWhenOthersHaveTheMemory() {
    SessionId id = new SessionId(1, 1);
    open(id);
    assertThat(append(id, 0)).isInstanceOf(Answer.Number.class);
    usedBytes += LIMIT_BYTES / 2;

    assertThat(append(id, RUN_BYTES)).isInstanceOf(Answer.Full.class);

    usedBytes -= LIMIT_BYTES / 2;
    assertThat(append(id, RUN_BYTES)).isInstanceOf(Answer.Number.class);
  }
}

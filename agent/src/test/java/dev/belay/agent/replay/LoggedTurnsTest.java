package dev.belay.agent.replay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.belay.agent.descriptor.Soon;
import dev.belay.agent.loop.EventLoop;
import dev.belay.replicator.log.Epoch;
import dev.belay.replicator.log.LogRecord;
import dev.belay.replicator.log.SessionId;
import dev.belay.replicator.log.SessionRecord;
import dev.belay.replicator.memory.MemorySessionLog;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What members hold goes into a feed, up to the end that was seen. */
@Timeout(30)
final class LoggedTurnsTest {
  private static final SessionId ID = new SessionId(1, 2);
  private static final byte[] NO_KEY = {};

  private final MemorySessionLog log = new MemorySessionLog(System::nanoTime);
  private final ReplayFeed feed = new ReplayFeed(0, 0, 1 << 20);
  private final AtomicInteger answers = new AtomicInteger();
  private final EventLoop loop;

  LoggedTurnsTest() throws Exception {
    loop = new EventLoop("logged-turns-test");
    loop.start();
    log.open(SessionRecord.begun(ID, "7001", "a", NO_KEY)).toCompletableFuture().get();
  }

  private void append(long position, long outPosition, String bytes) throws Exception {
    LogRecord record =
        new LogRecord(LogRecord.Kind.INPUT, position, outPosition, bytes.getBytes(US_ASCII));
    log.append(ID, Epoch.FIRST, List.of(record)).toCompletableFuture().get();
  }

  private void read(LoggedTurns turns) throws IOException {
    int before = answers.get();
    turns.read(feed, answers::incrementAndGet);
    Soon.until("answered", () -> answers.get() > before);
  }

  @Test
  void shouldOfferTheTurnsUpToTheEndThatWasSeenOfALogThatGrows() throws Exception {
    append(0, 0, "one");
    append(3, 9, "two");
    LoggedTurns turns = new LoggedTurns(log, ID, 5, loop); // in the middle of a turn
    append(6, 20, "three");

    read(turns);

    assertThat(turns.isDone()).isTrue();
    assertThat(feed.offeredPosition()).isEqualTo(5);
    assertThat(feed.nextChunk(0)).isEqualTo("one".getBytes(US_ASCII));
    feed.consumed(3);
    assertThat(feed.nextChunk(8)).isNull();
    assertThat(feed.nextChunk(9)).isEqualTo("tw".getBytes(US_ASCII));
  }

  @Test
  void shouldSayThatTheLogEndsBeforeTheEndThatWasSeen() throws Exception {
    append(0, 0, "one");
    LoggedTurns turns = new LoggedTurns(log, ID, 5, loop);
    read(turns);
    read(turns);

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> turns.read(feed, answers::incrementAndGet))
        .withMessageContaining("in=3");
  }
}

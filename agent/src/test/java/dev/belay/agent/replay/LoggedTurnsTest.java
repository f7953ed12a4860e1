package dev.belay.agent.replay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.belay.agent.descriptor.JdkMemory;
import dev.belay.agent.descriptor.Soon;
import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.session.InputLog;
import dev.belay.agent.session.MemoryBudget;
import dev.belay.agent.session.Session;
import dev.belay.replicator.log.Epoch;
import dev.belay.replicator.log.LogRecord;
import dev.belay.replicator.log.SessionId;
import dev.belay.replicator.log.SessionRecord;
import dev.belay.replicator.memory.MemorySessionLog;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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

  private LoggedTurns turns(long endPosition, InputLog copy) {
    return new LoggedTurns(new LoggedTurns.Held(log, ID, endPosition), copy, loop);
  }

  private static InputLog copy(long limitBytes) {
    MemoryBudget budget = new MemoryBudget(1 << 20);
    return new InputLog(
        new Session.Environment(new JdkMemory(), budget, limitBytes, () -> {}), () -> {});
  }

  private void read(LoggedTurns turns) throws IOException {
    read(turns, feed);
  }

  private void read(LoggedTurns turns, ReplayFeed into) throws IOException {
    int before = answers.get();
    turns.read(into, answers::incrementAndGet);
    Soon.until("answered", () -> answers.get() > before);
  }

  @Test
  void shouldOfferTheTurnsUpToTheEndThatWasSeenOfALogThatGrows() throws Exception {
    append(0, 0, "one");
    append(3, 9, "two");
    LoggedTurns turns = turns(5, null); // in the middle of a turn
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
    LoggedTurns turns = turns(5, null);
    read(turns);
    read(turns);

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> turns.read(feed, answers::incrementAndGet))
        .withMessageContaining("in=3");
  }

  /** The log goes into a feed that wants the next turn only when the one before was given. */
  private String given(LoggedTurns turns, ReplayFeed slow) throws IOException {
    StringBuilder given = new StringBuilder();
    while (!turns.isDone() || slow.fedPosition() < slow.offeredPosition()) {
      if (turns.isDone() || !slow.wantsMore()) {
        byte[] chunk = slow.nextChunk(Long.MAX_VALUE);
        given.append(new String(chunk, US_ASCII)).append(' ');
        slow.consumed(chunk.length);
      }
      CompletableFuture<Void> turn = new CompletableFuture<>();
      loop.execute(
          () -> {
            try {
              turns.read(slow, () -> {});
              turn.complete(null);
            } catch (IOException e) {
              turn.completeExceptionally(e);
            }
          });
      turn.join();
    }
    return given.toString();
  }

  private void copyAll(LoggedTurns turns, InputLog copy, ReplayFeed slow, int length)
      throws IOException {
    read(turns, slow);
    Soon.until("copied", () -> !copy.recordsFrom(length - 1, 1).isEmpty());
  }

  @Test
  void shouldCopyAllOfItBeforeTheHandlerGetsThereSoThatItsHolderMayBeLost() throws Exception {
    append(0, 0, "one");
    append(3, 9, "two");
    append(6, 20, "three");
    InputLog copy = copy(1 << 20);
    ReplayFeed slow = new ReplayFeed(0, 0, 0);
    LoggedTurns turns = turns(11, copy);
    copyAll(turns, copy, slow, 11);
    log.close(ID, Epoch.FIRST).toCompletableFuture().get();

    assertThat(given(turns, slow)).isEqualTo("one two three ");
  }

  @Test
  void shouldCopyNothingBehindTheEndThatWasSeen() throws Exception {
    append(0, 0, "one");
    append(3, 9, "two");
    InputLog copy = copy(1 << 20);
    ReplayFeed slow = new ReplayFeed(0, 0, 0);
    LoggedTurns turns = turns(5, copy);
    copyAll(turns, copy, slow, 5);

    assertThat(given(turns, slow)).isEqualTo("one tw ");
    assertThat(copy.recordsFrom(5, 1)).isEmpty();
  }

  @Test
  void shouldReadWhatTheCopyHasNoRoomForWhenTheHandlerGetsThere() throws Exception {
    append(0, 0, "one");
    append(3, 0, "two");
    append(6, 0, "three");
    ReplayFeed slow = new ReplayFeed(0, 0, 0);
    LoggedTurns turns = turns(11, copy(7));

    assertThat(given(turns, slow).replace(" ", "")).isEqualTo("onetwothree");
  }

  @Test
  void shouldSayThatTheHolderIsLostWhenAllThatWasCopiedIsGiven() throws Exception {
    append(0, 0, "one");
    append(3, 0, "two");
    ReplayFeed slow = new ReplayFeed(0, 0, 0);
    LoggedTurns turns = turns(6, copy(4));
    read(turns, slow);
    log.close(ID, Epoch.FIRST).toCompletableFuture().get();

    assertThatExceptionOfType(CompletionException.class)
        .isThrownBy(() -> given(turns, slow))
        .withMessageContaining("log cannot be read: in=3");
  }
}

package dev.belay.replicator.members;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is on its way, whatever the others and the callers do. */
@Timeout(30)
final class AsksTest {

  private static final Peer SILENT = new Peer("s", "door-s");
  private static final Peer OTHER = new Peer("o", "door-o");
  private static final byte[] BATCH = {1};

  private final Turns turns = new Turns();
  private final List<CompletableFuture<byte[]>> answers = new ArrayList<>();
  private final List<String> heard = new ArrayList<>();
  private Error thrown;
  private final Asks asks = new Asks(new Others(), turns, Patience.USUAL);

  private final class Others implements Peers {
    @Override
    public List<Peer> holders() {
      return List.of(SILENT, OTHER);
    }

    @Override
    public CompletionStage<byte[]> ask(Peer peer, byte[] request) {
      if (thrown != null) {
        throw thrown;
      }
      answers.add(new CompletableFuture<>());
      return answers.get(answers.size() - 1);
    }
  }

  /** A loop whose time passes when the test says so. */
  private static final class Turns implements Loop {
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final Deque<Runnable> timers = new ArrayDeque<>();
    private long nowNs;

    @Override
    public long nowNs() {
      return nowNs;
    }

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    @Override
    public void after(long delayNs, Runnable task) {
      timers.add(task);
    }

    void work() {
      while (!tasks.isEmpty()) {
        tasks.poll().run();
      }
    }

    void pass(long ms) {
      nowNs += TimeUnit.MILLISECONDS.toNanos(ms);
      timers.poll().run();
    }
  }

  private void hear(byte[] answer, RuntimeException failure) {
    heard.add(answer != null ? "answer" : failure.getMessage());
  }

  @Test
  void shouldNotHoldWhatWasAnsweredBehindOneThatIsNot() {
    asks.ask(SILENT, BATCH, this::hear);
    WeakReference<byte[]> held = askWithMuch();

    answers.get(1).complete(BATCH);
    answers.remove(1);
    turns.work();

    assertThat(isCollected(held)).isTrue();
    turns.pass(1000);
    assertThat(heard).containsExactly("no answer from s within 1000ms");
  }

  private WeakReference<byte[]> askWithMuch() {
    byte[] much = new byte[1 << 20];
    asks.ask(OTHER, BATCH, (answer, failure) -> much[0]++);
    return new WeakReference<>(much);
  }

  private static boolean isCollected(WeakReference<byte[]> reference) {
    for (int i = 0; i < 100 && reference.get() != null; i++) {
      System.gc();
    }
    return reference.get() == null;
  }

  @Test
  void shouldGoOnWhenACallerThrows() {
    asks.ask(SILENT, BATCH, (answer, failure) -> throwError());
    asks.ask(SILENT, BATCH, this::hear);

    assertThatThrownBy(() -> turns.pass(1000)).isInstanceOf(OutOfMemoryError.class);
    turns.pass(50);

    assertThat(heard).hasSize(1);
    asks.ask(SILENT, BATCH, this::hear);
    turns.pass(1000);
    assertThat(heard).hasSize(2);
  }

  private static void throwError() {
    throw new OutOfMemoryError("planted");
  }

  @Test
  void shouldTellThatNothingCouldBeSent() {
    thrown = new OutOfMemoryError("planted");

    asks.ask(OTHER, BATCH, this::hear);
    turns.work();

    assertThat(heard).containsExactly("no answer from o");
    assertThat(asks.isSilent(OTHER)).isFalse();
  }

  @Test
  void shouldTakeAnyAnswerForASignOfLife() {
    asks.ask(SILENT, BATCH, this::hear);
    turns.pass(1000);
    assertThat(asks.isSilent(SILENT)).isTrue();

    asks.heardFrom("s");

    assertThat(asks.isSilent(SILENT)).isFalse();
  }
}

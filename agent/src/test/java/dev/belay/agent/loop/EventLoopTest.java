package dev.belay.agent.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.descriptor.Background;
import dev.belay.agent.descriptor.LinkPair;
import dev.belay.agent.descriptor.RawSocket;
import dev.belay.agent.descriptor.Soon;
import dev.belay.agent.report.AgentLog;
import dev.belay.agent.report.LogLevel;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@link EventLoop}: tasks, timers and sockets on one thread. */
@Timeout(60)
final class EventLoopTest {
  private static final RunningLoop RUNNING = new RunningLoop("loop-test-loop");
  private static final EventLoop LOOP = RUNNING.loop();

  private final List<String> seen = new CopyOnWriteArrayList<>();
  private LinkPair one;
  private LinkPair other;

  @BeforeAll
  static void keepQuiet() {
    AgentLog.open(LogLevel.OFF, (File) null);
  }

  @AfterAll
  static void speakAgain() {
    AgentLog.open(LogLevel.INFO, (File) null);
  }

  @BeforeEach
  void open() throws Exception {
    one = LinkPair.open();
    other = LinkPair.open();
  }

  @AfterEach
  void close() throws Exception {
    RUNNING.run(
        () -> {
          LOOP.close(one.link());
          LOOP.close(other.link());
        });
    one.close();
    other.close();
  }

  private void awaitSeen(int count) {
    Soon.until(count + " entries", () -> seen.size() >= count);
  }

  // ---- tasks ----

  @Test
  void shouldRunTasksInOrderOnItsOwnThread() throws Exception {
    for (int i = 0; i < 100; i++) {
      String name = i + " " + LOOP.isLoopThread();
      LOOP.execute(() -> seen.add(name + " " + LOOP.isLoopThread()));
    }
    RUNNING.settle();

    assertThat(seen).hasSize(100).allMatch(entry -> entry.endsWith(" false true"));
    assertThat(seen.get(0)).startsWith("0 ");
    assertThat(seen.get(99)).startsWith("99 ");
  }

  @Test
  void shouldLoseNoTaskOfManyThreads() throws Exception {
    AtomicInteger done = new AtomicInteger();
    List<Background<?>> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      threads.add(
          Background.start(
              "executor",
              () -> {
                for (int i = 0; i < 5000; i++) {
                  LOOP.execute(done::incrementAndGet);
                }
                return null;
              }));
    }
    for (Background<?> thread : threads) {
      thread.result();
    }

    Soon.until("all done", () -> done.get() == 20_000);
  }

  @Test
  void shouldRunATaskThatATaskLeavesBehind() {
    LOOP.execute(() -> LOOP.execute(() -> seen.add("second")));

    awaitSeen(1);
  }

  @Test
  void shouldDoAgainWhatIsDueInEachPeriodWhateverItThrows() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    EventLoop.Timer timer =
        RUNNING.call(
            () ->
                LOOP.every(
                    1,
                    () -> {
                      calls.incrementAndGet();
                      throw new OutOfMemoryError("as the test wants it");
                    }));

    Soon.until("called", () -> calls.get() >= 3);

    RUNNING.run(timer::cancel);
    int last = calls.get();
    RUNNING.run(() -> LOOP.after(5, () -> seen.add("later")));
    awaitSeen(1);
    assertThat(calls).hasValue(last);
  }

  @Test
  void shouldDoWhatIsDueEveryTurnWheneverItIsWoken() throws Exception {
    EventLoop own = new EventLoop("own-loop");
    AtomicInteger turns = new AtomicInteger();
    own.everyTurn(turns::incrementAndGet);
    own.start();
    for (int i = 1; i <= 5; i++) {
      int before = turns.get();

      own.wake();

      Soon.until("turn", () -> turns.get() > before);
    }
  }

  /** As a handler that takes so long. */
  private static void spin(long ms) {
    long untilNs = System.nanoTime() + ms * 1_000_000;
    while (System.nanoTime() - untilNs < 0) {
      Thread.onSpinWait();
    }
  }

  @Test
  void shouldNotLetTasksThatLeaveTasksBehindKeepTimersWaiting() {
    LOOP.execute(
        () -> {
          LOOP.after(1, () -> seen.add("timer"));
          LOOP.execute(this::untilTheTimer);
        });

    awaitSeen(1);
    assertThat(seen).containsExactly("timer");
  }

  private void untilTheTimer() {
    if (seen.isEmpty()) {
      LOOP.execute(this::untilTheTimer);
    }
  }

  @Test
  void shouldPulseInTheMiddleOfALongTurn() throws Exception {
    EventLoop own = new EventLoop("own-loop");
    AtomicInteger pulses = new AtomicInteger();
    List<Integer> pulsesBefore = new CopyOnWriteArrayList<>();
    own.pulse(1, pulses::incrementAndGet);
    own.start();

    own.execute(
        () -> {
          for (int i = 0; i < 4; i++) {
            own.execute(
                () -> {
                  pulsesBefore.add(pulses.get());
                  spin(2);
                });
          }
        });

    Soon.until("all run", () -> pulsesBefore.size() == 4);
    assertThat(pulsesBefore).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void shouldPulseWhenNothingHappens() throws Exception {
    EventLoop own = new EventLoop("own-loop");
    AtomicInteger pulses = new AtomicInteger();
    own.pulse(2, pulses::incrementAndGet);

    own.start();

    Soon.until("pulses", () -> pulses.get() >= 5);
  }

  @Test
  void shouldKnowForHowLongItWasLate() throws Exception {
    long before = RUNNING.call(LOOP::lateNs);

    LOOP.execute(
        () -> {
          LOOP.after(1, () -> seen.add("first"));
          LOOP.after(2, () -> seen.add("second"));
          spin(31);
        });
    awaitSeen(2);

    long late = RUNNING.call(LOOP::lateNs) - before;
    assertThat(late).isGreaterThanOrEqualTo(30_000_000L);
  }

  // ---- timers ----

  @Test
  void shouldRunTimersInTheOrderOfTheirTimes() throws Exception {
    RUNNING.run(
        () -> {
          LOOP.after(30, () -> seen.add("late"));
          LOOP.after(1, () -> seen.add("early"));
          LOOP.after(15, () -> seen.add("between"));
        });

    awaitSeen(3);
    assertThat(seen).containsExactly("early", "between", "late");
  }

  @Test
  void shouldNotRunATimerBeforeItsTime() throws Exception {
    long startNs = System.nanoTime();

    RUNNING.run(() -> LOOP.after(40, () -> seen.add("" + (System.nanoTime() - startNs))));

    awaitSeen(1);
    assertThat(Long.parseLong(seen.get(0))).isGreaterThanOrEqualTo(40_000_000L);
  }

  @Test
  void shouldNotRunATimerThatIsCancelled() throws Exception {
    RUNNING.run(
        () -> {
          LOOP.after(5, () -> seen.add("cancelled")).cancel();
          LOOP.after(10, () -> seen.add("kept"));
        });

    awaitSeen(1);
    assertThat(seen).containsExactly("kept");
  }

  @Test
  void shouldNotKeepTimersThatWereCancelledLongBeforeTheirTime() throws Exception {
    int kept =
        RUNNING.call(
            () -> {
              for (int i = 0; i < 100_000; i++) {
                LOOP.after(3_600_000, () -> seen.add("never")).cancel();
              }
              return LOOP.timerCount();
            });

    assertThat(kept).isLessThan(3000);
  }

  @Test
  void shouldRunATimerThatASweepOfCancelledOnesFound() throws Exception {
    RUNNING.run(
        () -> {
          LOOP.after(20, () -> seen.add("kept"));
          for (int i = 0; i < 5000; i++) {
            LOOP.after(3_600_000, () -> seen.add("never")).cancel();
          }
        });

    awaitSeen(1);
    assertThat(seen).containsExactly("kept");
  }

  @Test
  void shouldLetATimerCancelAnother() throws Exception {
    RUNNING.run(
        () -> {
          EventLoop.Timer[] second = new EventLoop.Timer[1];
          LOOP.after(1, () -> second[0].cancel()); // due first, however long this takes
          second[0] = LOOP.after(2, () -> seen.add("second"));
          LOOP.after(4, () -> seen.add("third"));
        });

    awaitSeen(1);
    assertThat(seen).containsExactly("third");
  }

  @Test
  void shouldLookAtSocketsBetweenATimerAndTheOneItSets() throws Exception {
    RUNNING.run(() -> LOOP.watch(one.link(), EventLoop.READ, events -> read(one, "read")));
    RUNNING.run(
        () ->
            LOOP.after(
                0,
                () -> {
                  seen.add("timer");
                  sendNow(one);
                  LOOP.after(0, () -> seen.add("next timer"));
                }));

    awaitSeen(3);
    assertThat(seen).containsExactly("timer", "read", "next timer");
  }

  private static void sendNow(LinkPair pair) {
    try {
      pair.send(new byte[1]);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void read(LinkPair pair, String entry) throws IOException {
    pair.link().read(ByteBuffer.allocate(1));
    seen.add(entry);
  }

  // ---- sockets ----

  @Test
  void shouldTellThatASocketIsReadable() throws Exception {
    RUNNING.run(() -> LOOP.watch(one.link(), EventLoop.READ, events -> read(one, "" + events)));

    one.send(new byte[1]);

    awaitSeen(1);
    assertThat(seen).containsExactly("" + EventLoop.READ);
  }

  @Test
  void shouldTellWhatIsAskedForAfterAChangeOfMind() throws Exception {
    RUNNING.run(() -> LOOP.watch(one.link(), EventLoop.READ, events -> written(one, "" + events)));
    RUNNING.settle();
    assertThat(seen).isEmpty();

    RUNNING.run(() -> LOOP.rewatch(one.link(), EventLoop.WRITE));

    awaitSeen(1);
    assertThat(seen).containsExactly("" + EventLoop.WRITE);
  }

  private void written(LinkPair pair, String entry) {
    seen.add(entry);
    LOOP.unwatch(pair.link());
  }

  @Test
  void shouldTellOfABrokenSocketThoughNothingIsAskedFor() throws Exception {
    RUNNING.run(
        () ->
            LOOP.watch(
                one.link(), 0, events -> written(one, "broken " + EventLoop.isBroken(events))));

    one.reset();

    awaitSeen(1);
    assertThat(seen).containsExactly("broken true");
    assertThat(EventLoop.isBroken(EventLoop.READ | EventLoop.WRITE)).isFalse();
  }

  @Test
  void shouldTellNothingOfASocketThatIsUnwatched() throws Exception {
    RUNNING.run(() -> LOOP.watch(one.link(), EventLoop.READ, events -> read(one, "read")));
    RUNNING.run(() -> LOOP.unwatch(one.link()));

    one.send(new byte[1]);
    RUNNING.settle();
    RUNNING.settle();

    assertThat(seen).isEmpty();
    RUNNING.run(() -> LOOP.watch(one.link(), EventLoop.READ, events -> read(one, "again")));
    awaitSeen(1);
  }

  @Test
  void shouldTellNothingOfASocketThatAnotherHandlerUnwatchedInTheSameTurn() throws Exception {
    RUNNING.run(
        () -> {
          LOOP.watch(one.link(), EventLoop.READ, events -> unwatchBoth("one"));
          LOOP.watch(other.link(), EventLoop.READ, events -> unwatchBoth("other"));
          one.send(new byte[1]);
          other.send(new byte[1]);
        });

    awaitSeen(1);
    RUNNING.settle();
    assertThat(seen).hasSize(1);
  }

  private void unwatchBoth(String entry) {
    seen.add(entry);
    LOOP.unwatch(one.link());
    LOOP.unwatch(other.link());
  }

  @Test
  void shouldTellOfASocketThatAHandlerBeganToWatch() throws Exception {
    RUNNING.run(
        () ->
            LOOP.watch(
                one.link(),
                EventLoop.READ,
                events -> {
                  read(one, "one");
                  LOOP.watch(other.link(), EventLoop.READ, e -> read(other, "other"));
                }));
    other.send(new byte[1]);
    one.send(new byte[1]);

    awaitSeen(2);
    assertThat(seen).containsExactly("one", "other");
  }

  @Test
  void shouldWatchAnotherSocketOfTheSameNumber() throws Exception {
    RUNNING.run(() -> LOOP.watch(one.link(), EventLoop.READ, events -> read(one, "one")));
    int number = one.link().number();

    RUNNING.run(() -> LOOP.close(one.link()));
    RawSocket next = Numbered.open(number);
    RUNNING.run(() -> LOOP.watch(next, EventLoop.WRITE, events -> writtenTo(next)));

    awaitSeen(1);
    assertThat(seen).containsExactly("next");
    RUNNING.run(() -> LOOP.close(next));
  }

  private void writtenTo(RawSocket socket) {
    seen.add("next");
    LOOP.unwatch(socket);
  }

  /** A socket of ours with a certain number, which has to be free. */
  private static final class Numbered {
    static RawSocket open(int number) throws IOException {
      List<RawSocket> lower = new ArrayList<>();
      RawSocket socket = RawSocket.open();
      while (socket.number() < number) {
        lower.add(socket);
        socket = RawSocket.open();
      }
      lower.forEach(RawSocket::close);
      assertThat(socket.number()).isEqualTo(number);
      return socket;
    }
  }

  @Test
  void shouldNotTouchAClosedSocketsNumber() throws Exception {
    RUNNING.run(() -> LOOP.watch(one.link(), EventLoop.READ, events -> read(one, "one")));
    RUNNING.run(() -> LOOP.close(one.link()));

    RUNNING.run(
        () -> {
          LOOP.rewatch(one.link(), EventLoop.WRITE);
          LOOP.unwatch(one.link());
          LOOP.close(one.link());
        });

    assertThat(one.link().isClosed()).isTrue();
  }

  // ---- faults ----

  @Test
  void shouldGoOnAfterATaskATimerAndAHandlerThatThrow() throws Exception {
    RUNNING.run(
        () -> {
          LOOP.watch(one.link(), EventLoop.READ, events -> fail("handler"));
          LOOP.watch(other.link(), EventLoop.READ, events -> read(other, "other"));
          LOOP.after(0, () -> failUnchecked("timer"));
          LOOP.after(1, () -> seen.add("timer"));
        });
    LOOP.execute(() -> failUnchecked("task"));
    LOOP.execute(
        () -> {
          throw new AssertionError("a test throws an error");
        });
    one.send(new byte[1]);
    other.send(new byte[1]);
    LOOP.execute(() -> seen.add("task"));

    awaitSeen(3);
    assertThat(seen).contains("other", "timer", "task");
  }

  private void fail(String what) throws IOException {
    LOOP.unwatch(one.link());
    throw new IOException("a test throws: " + what);
  }

  private static void failUnchecked(String what) {
    throw new IllegalStateException("a test throws: " + what);
  }

  @Test
  void shouldGoOnAfterAHandlerThatThrowsAnError() throws Exception {
    CountDownLatch thrown = new CountDownLatch(1);
    RUNNING.run(
        () ->
            LOOP.watch(
                one.link(),
                EventLoop.READ,
                events -> {
                  LOOP.unwatch(one.link());
                  thrown.countDown();
                  throw new AssertionError("a test throws an error");
                }));
    one.send(new byte[1]);
    thrown.await();

    RUNNING.run(() -> seen.add("alive"));

    assertThat(seen).containsExactly("alive");
  }
}

package dev.belay.samples.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One thread, everything in its time. */
@Timeout(20)
class TimelineTest {

  private final Timeline timeline = new Timeline();
  private final List<String> done = new ArrayList<>();

  @Test
  void shouldDoThingsInTheOrderOfTheirTimes() throws Exception {
    timeline.at(60, () -> done.add("third"));
    timeline.at(20, () -> done.add("first"));
    timeline.at(20, () -> done.add("second"));

    boolean ended = timeline.runUntil(() -> done.size() == 3, 10_000);

    assertThat(ended).isTrue();
    assertThat(done).containsExactly("first", "second", "third");
    assertThat(timeline.nowMs()).isGreaterThanOrEqualTo(60);
  }

  @Test
  void shouldDoWhatOtherThreadsPostInTheThreadThatRuns() throws Exception {
    List<Thread> doing = new ArrayList<>();
    Thread other = new Thread(() -> timeline.post(() -> doing.add(Thread.currentThread())));
    other.start();

    timeline.runUntil(() -> !doing.isEmpty(), 10_000);
    other.join();

    assertThat(doing).containsExactly(Thread.currentThread());
  }

  @Test
  void shouldStopAtItsDeadline() throws Exception {
    timeline.at(10_000, () -> done.add("too late"));

    assertThat(timeline.runUntil(() -> !done.isEmpty(), 30)).isFalse();
    assertThat(done).isEmpty();
  }
}

package dev.belay.agent.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.agent.descriptor.Background;
import dev.belay.agent.descriptor.Soon;
import dev.belay.agent.report.AgentLog;
import dev.belay.agent.report.LogLevel;
import java.io.File;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who waits for the name service, and who does not. */
@Timeout(30)
final class HostNamesTest {
  private final CountDownLatch answer = new CountDownLatch(1);
  private final AtomicInteger questions = new AtomicInteger();
  private final AtomicInteger news = new AtomicInteger();
  private final HostNames names = new HostNames(this::resolve, news::incrementAndGet);

  @BeforeAll
  static void keepQuiet() {
    AgentLog.open(LogLevel.OFF, (File) null);
  }

  @AfterAll
  static void speakAgain() {
    AgentLog.open(LogLevel.INFO, (File) null);
  }

  private InetAddress[] resolve(String host) throws UnknownHostException {
    questions.incrementAndGet();
    try {
      answer.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new UnknownHostException(host);
    }
    if (host.startsWith("no")) {
      throw new UnknownHostException(host);
    }
    return new InetAddress[] {InetAddress.getByAddress(host, new byte[] {10, 0, 0, 1})};
  }

  @Test
  void shouldNotWaitForAnAnswerWhereOnlyWhatIsKnownIsWanted() {
    assertThat(names.known("host")).isEmpty();

    answer.countDown();

    Soon.until("known", () -> names.known("host").length == 1);
  }

  @Test
  void shouldAskAgainWhenThereWasNoThreadToAsk() {
    AtomicInteger threads = new AtomicInteger();
    HostNames poor =
        new HostNames(
            this::resolve,
            news::incrementAndGet,
            question -> {
              if (threads.incrementAndGet() == 1) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              question.run();
            });
    answer.countDown();

    assertThat(poor.known("host")).isEmpty();
    poor.known("host");

    assertThat(poor.known("host")).hasSize(1);
  }

  @Test
  void shouldTellWhenItKnowsMore() {
    names.known("nobody");
    assertThat(names.isUnanswered("nobody")).isTrue();
    assertThat(news).hasValue(0);

    answer.countDown();

    Soon.until("told", () -> news.get() == 1);
    assertThat(names.isUnanswered("nobody")).isFalse();
  }

  @Test
  void shouldAskOnlyOnceWhileThereIsNoAnswer() {
    names.known("host");
    names.known("host");
    names.known("host");
    answer.countDown();

    Soon.until("known", () -> names.known("host").length == 1);

    assertThat(questions).hasValue(1);
  }

  @Test
  void shouldWaitForTheFirstAnswerWhereAnAddressIsNeeded() throws Exception {
    Background<InetAddress[]> application =
        Background.start("application", () -> names.addressesOf("host"));
    Soon.until("asked", () -> questions.get() == 1);

    answer.countDown();

    assertThat(application.result()).hasSize(1);
    assertThat(names.addressesOf("host")).hasSize(1);
    assertThat(questions).hasValue(1);
  }

  @Test
  void shouldBelieveThatAHostHasNoAddress() {
    answer.countDown();

    assertThat(names.addressesOf("nobody")).isEmpty();
    assertThat(names.addressesOf("nobody")).isEmpty();

    assertThat(questions).hasValue(1);
  }

  @Test
  void shouldKnowAnAddressAtOnce() {
    answer.countDown();

    assertThat(names.known("10.0.0.1")).hasSize(1);
  }
}

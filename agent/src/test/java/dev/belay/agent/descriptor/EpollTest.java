package dev.belay.agent.descriptor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileDescriptor;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sun.nio.ch.BelayNative;
import sun.nio.ch.BelaySeam;

/** dup2(2) drops epoll registrations; selectors and pollers must not notice. */
@Timeout(30)
final class EpollTest {
  private static final byte[] HELLO = "hello".getBytes(US_ASCII);
  private static final int IN = BelayNative.EPOLLIN;
  private static final int OUT = BelayNative.EPOLLOUT;
  private static final int ONE_SHOT = 1 << 30; // EPOLLONESHOT
  private static final int ADD = 1;
  private static final int DELETE = 2;
  private static final int MODIFY = 3;
  private static final int ENOENT = 2;
  private static final int SOON_MS = 5000;

  private final long array = BelayNative.allocateEvents(1);
  private int epoll;
  private Application application;

  @BeforeEach
  void open() throws Exception {
    epoll = BelayNative.epoll();
    application = Application.parked();
  }

  @AfterEach
  void close() throws Exception {
    application.close();
  }

  private int control(int operation, int events) {
    return BelaySeam.ctl(epoll, operation, application.number(), events);
  }

  /** The events of the application's descriptor, or 0 when there are none in time. */
  private int events(int timeoutMs) throws Exception {
    int count = BelayNative.await(epoll, array, 1, timeoutMs);
    return count == 0 ? 0 : BelayNative.events(array, 0);
  }

  @Test
  void shouldHaveNoEventWhileParked() throws Exception {
    assertThat(control(ADD, IN | OUT)).isZero();

    assertThat(events(0)).isZero();
  }

  /** As long as it has another number epoll would report it under the application's, for good. */
  @Test
  void shouldNotHearOfALinkThatIsKeptAside() throws Exception {
    try (LinkPair pair = LinkPair.open()) {
      application.install(pair);
      control(ADD, IN | OUT);
      assertThat(events(SOON_MS)).isEqualTo(OUT);

      application.guarded().freeze();

      assertThat(events(0)).isZero();
      application.guarded().unsuspend();
      assertThat(events(SOON_MS)).isEqualTo(OUT);
    }
  }

  @Test
  void shouldSurviveTheFirstLink() throws Exception {
    try (LinkPair pair = LinkPair.open()) {
      control(ADD, IN);

      application.install(pair);
      pair.send(HELLO);

      assertThat(events(SOON_MS)).isEqualTo(IN);
    }
  }

  @Test
  void shouldSurviveParkingAndTheNextLink() throws Exception {
    try (LinkPair first = LinkPair.open();
        LinkPair second = LinkPair.open()) {
      application.install(first);
      control(ADD, IN);

      application.guarded().park();
      application.install(second);
      second.send(HELLO);

      assertThat(events(SOON_MS)).isEqualTo(IN);
    }
  }

  @Test
  void shouldWakeAThreadThatWaitsInEpoll() throws Exception {
    try (LinkPair pair = LinkPair.open()) {
      control(ADD, OUT);
      Background<Integer> selector = Background.start("selector", () -> events(10_000));
      Kernel.awaitInside(selector, "wait");

      application.install(pair);

      assertThat(selector.result()).isEqualTo(OUT);
    }
  }

  @Test
  void shouldRenewTheEventsThatWereAskedForLast() throws Exception {
    try (LinkPair pair = LinkPair.open()) {
      control(ADD, IN);
      control(MODIFY, OUT);

      application.install(pair);
      pair.send(HELLO);

      assertThat(events(SOON_MS)).isEqualTo(OUT);
    }
  }

  @Test
  void shouldRearmAOneShotRegistration() throws Exception {
    try (LinkPair first = LinkPair.open();
        LinkPair second = LinkPair.open()) {
      application.install(first);
      control(ADD, IN | ONE_SHOT);
      first.send(HELLO);
      assertThat(events(SOON_MS)).isEqualTo(IN);

      application.guarded().park();
      application.install(second);
      second.send(HELLO);

      assertThat(events(SOON_MS)).isEqualTo(IN);
      assertThat(events(0)).isZero();
    }
  }

  @Test
  void shouldRenewEveryEpollThatHasIt() throws Exception {
    int former = epoll;
    try (LinkPair pair = LinkPair.open()) {
      control(ADD, OUT);
      epoll = BelayNative.epoll();
      control(ADD, OUT);

      application.install(pair);

      assertThat(events(SOON_MS)).isEqualTo(OUT);
      epoll = former;
      assertThat(events(SOON_MS)).isEqualTo(OUT);
    }
  }

  @Test
  void shouldNotRenewWhatWasDeleted() throws Exception {
    try (LinkPair pair = LinkPair.open()) {
      control(ADD, OUT);
      assertThat(control(DELETE, 0)).isZero();

      application.install(pair);

      assertThat(events(0)).isZero();
    }
  }

  @Test
  void shouldModifyAndDeleteWithoutErrorWhileParked() throws Exception {
    try (LinkPair pair = LinkPair.open()) {
      application.install(pair);
      control(ADD, IN);

      application.guarded().park();

      assertThat(control(MODIFY, OUT)).isZero();
      assertThat(control(DELETE, 0)).isZero();
    }
  }

  @Test
  void shouldNotForgetARegistrationWithTheEventsOfNone() throws Exception {
    try (LinkPair pair = LinkPair.open()) {
      control(ADD, OUT);
      control(MODIFY, 0);
      application.install(pair);

      assertThat(control(MODIFY, OUT)).isZero();

      assertThat(events(SOON_MS)).isEqualTo(OUT);
    }
  }

  // ---- registrations that were made before the seam was there, so that nobody noted them ----

  @Test
  void shouldMakeARegistrationThatDup2DroppedWhenItIsModified() throws Exception {
    try (LinkPair first = LinkPair.open();
        LinkPair second = LinkPair.open()) {
      application.install(first);
      BelayNative.epollAdd(epoll, application.number(), IN);
      application.guarded().park();

      assertThat(control(MODIFY, OUT)).isZero();

      application.install(second);
      assertThat(events(SOON_MS)).isEqualTo(OUT);
    }
  }

  @Test
  void shouldDeleteARegistrationThatDup2Dropped() throws Exception {
    try (LinkPair pair = LinkPair.open()) {
      application.install(pair);
      BelayNative.epollAdd(epoll, application.number(), IN);
      application.guarded().park();

      assertThat(control(DELETE, 0)).isZero();
    }
  }

  @Test
  void shouldAddWhatIsThereAlready() throws Exception {
    try (LinkPair pair = LinkPair.open()) {
      application.install(pair);
      BelayNative.epollAdd(epoll, application.number(), IN);

      assertThat(control(ADD, OUT)).isZero();

      assertThat(events(SOON_MS)).isEqualTo(OUT);
    }
  }

  // ---- others ----

  @Test
  void shouldAnswerAsTheKernelDoesForAnUnguardedDescriptor() throws Exception {
    FileDescriptor plain = BelayNative.socket();
    int number = BelaySeam.number(plain);
    BelaySeam.released(plain); // whoever had the number before

    assertThat(BelaySeam.ctl(epoll, MODIFY, number, IN)).isEqualTo(ENOENT);
    assertThat(BelaySeam.ctl(epoll, DELETE, number, 0)).isEqualTo(ENOENT);

    BelaySeam.released(plain);
    BelayNative.close(plain);
  }

  @Test
  void shouldForgetTheRegistrationsOfAClosedDescriptor() throws Exception {
    try (LinkPair pair = LinkPair.open()) {
      control(ADD, OUT);
      int number = application.number();
      application.close();

      application = Application.parkedAt(number);
      application.install(pair);

      assertThat(events(0)).isZero();
      assertThat(control(MODIFY, OUT)).isZero(); // as a guarded descriptor that is unknown
    }
  }

  /**
   * A virtual thread registers, and then parks until its poller wakes it. That may happen while it
   * still waits for the lock; the wake-up must not be lost with the one of the lock.
   */
  @Test
  void shouldLeaveAPermitToWhoeverHadToWaitForTheLock() throws Exception {
    ReentrantLock lock = BelaySeam.polls(application.number()).lock;
    Background<Void> registering;
    lock.lock();
    try {
      registering =
          Background.start(
              "registering",
              () -> {
                control(ADD, IN);
                LockSupport.park(); // as the JDK does: Poller.poll
                return null;
              });
      Soon.until("waiting", () -> lock.hasQueuedThreads());
      LockSupport.unpark(registering.thread()); // what the poller says now is heard too early
    } finally {
      lock.unlock();
    }

    registering.result();
  }
}

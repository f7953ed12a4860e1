package dev.belay.agent.descriptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.agent.session.Session;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sun.nio.ch.BelayNative;
import sun.nio.ch.BelaySeam;

/** While the log is full the application waits as for a full socket buffer. */
@Timeout(30)
final class WriteHoldTest {
  private static final int LIMIT_BYTES = 10_000;
  private static final int OUT = BelayNative.EPOLLOUT;
  private static final int ADD = 1;
  private static final int MODIFY = 3;
  private static final int SOON_MS = 5000;
  private static final int STORM_BYTES = 4 << 20;

  private final Session session = Sessions.ofClientThatWaits(LIMIT_BYTES);
  private final byte[] full = new byte[LIMIT_BYTES];
  private final long array = BelayNative.allocateEvents(1);
  private int epoll;
  private LinkPair pair;
  private LinkPair next;

  @BeforeEach
  void open() throws Exception {
    new Random(1).nextBytes(full);
    epoll = BelayNative.epoll();
    pair = LinkPair.open();
    next = LinkPair.open();
  }

  @AfterEach
  void close() throws Exception {
    pair.close();
    next.close();
  }

  private Application linked() throws IOException {
    Application application = Application.parked(session);
    application.install(pair);
    return application;
  }

  /** Others hold the input up to there. */
  private void durable(Application application, long position) {
    session.sentLog().durable(position);
    application.guarded().roomMade();
  }

  private void watch(Application application, int operation) {
    assertThat(BelaySeam.ctl(epoll, operation, application.number(), OUT)).isZero();
  }

  private int events(int timeoutMs) throws IOException {
    int count = BelayNative.await(epoll, array, 1, timeoutMs);
    return count == 0 ? 0 : BelayNative.events(array, 0);
  }

  @Test
  void shouldTakeNothingMoreUntilTheLogIsDurable() throws Exception {
    try (Application application = linked()) {
      assertThat(application.writeNow(full)).isEqualTo(LIMIT_BYTES);
      assertThat(application.writeNow(full)).isEqualTo(BelayNative.UNAVAILABLE);

      durable(application, 1);

      assertThat(application.writeNow(new byte[10])).isEqualTo(10);
      assertThat(application.writeNow(new byte[10])).isEqualTo(BelayNative.UNAVAILABLE);
      assertThat(session.sentLog().isDemoted()).isFalse();
    }
  }

  @Test
  void shouldTellSelectorsOfRoomOnlyWhenTheLogHasIt() throws Exception {
    try (Application application = linked()) {
      watch(application, ADD);
      assertThat(events(SOON_MS)).isEqualTo(OUT);
      application.writeNow(full);
      application.writeNow(full);
      assertThat(events(0)).isZero();

      durable(application, LIMIT_BYTES);

      assertThat(events(SOON_MS)).isEqualTo(OUT);
    }
  }

  @Test
  void shouldTellASelectorThatAsksWhileTheLogIsFull() throws Exception {
    try (Application application = linked()) {
      application.writeNow(full);
      application.writeNow(full);
      watch(application, ADD);
      watch(application, MODIFY);
      assertThat(events(0)).isZero();

      durable(application, LIMIT_BYTES);

      assertThat(events(SOON_MS)).isEqualTo(OUT);
    }
  }

  @Test
  void shouldStayFullAcrossLinks() throws Exception {
    try (Application application = linked()) {
      watch(application, ADD);
      application.writeNow(full);
      application.writeNow(full);

      application.guarded().park();
      application.install(next);

      assertThat(events(0)).isZero();
      assertThat(application.writeNow(full)).isEqualTo(BelayNative.UNAVAILABLE);
      durable(application, LIMIT_BYTES);
      assertThat(events(SOON_MS)).isEqualTo(OUT);
      assertThat(application.writeNow(full)).isEqualTo(LIMIT_BYTES);
    }
  }

  @Test
  void shouldFindALostLinkWhileTheLogIsFull() throws Exception {
    try (Application application = linked()) {
      watch(application, ADD);
      application.writeNow(full);
      application.writeNow(full);

      pair.reset();

      assertThat(events(SOON_MS)).isNotZero();
      assertThat(application.writeNow(full)).isEqualTo(BelayNative.UNAVAILABLE);
      assertThat(application.log().hasLoss()).isTrue();
    }
  }

  @Test
  void shouldHoldABlockingWriteUpUntilThereIsRoom() throws Exception {
    try (Application application = Application.parkedBlocking(session)) {
      application.install(pair);
      byte[] bytes = new byte[3 * LIMIT_BYTES];
      new Random(2).nextBytes(bytes);
      Background<Void> writer =
          Background.start(
              "writer",
              () -> {
                application.writeFully(bytes);
                application.writeFully(full);
                return null;
              });
      assertThat(pair.receive(bytes.length)).isEqualTo(bytes);
      Kernel.awaitInside(writer, "poll");

      durable(application, 2 * LIMIT_BYTES); // one call has taken more than the limit: still full
      Kernel.awaitInside(writer, "poll");
      durable(application, 3 * LIMIT_BYTES);

      assertThat(pair.receive(LIMIT_BYTES)).isEqualTo(full);
      writer.result();
      assertThat(session.sentLog().isDemoted()).isFalse();
    }
  }

  /** More than one piece of a large write goes into a system call: the rest waits in the seam. */
  @Test
  void shouldHoldUpTheRestOfALargeWrite() throws Exception {
    try (Application application = Application.parkedBlocking(session)) {
      application.install(pair);
      byte[] bytes = new byte[2 * BelaySeam.piece(Integer.MAX_VALUE)];
      new Random(3).nextBytes(bytes);
      Background<Integer> writer = Background.start("writer", () -> application.writeNow(bytes));
      pair.receive(bytes.length / 2);
      Kernel.awaitInside(writer, "poll");
      assertThat(session.sentPosition()).isEqualTo(bytes.length / 2);

      durable(application, bytes.length / 2);

      pair.receive(bytes.length / 2);
      assertThat(writer.result()).isEqualTo(bytes.length);
    }
  }

  @Test
  void shouldWakeTheWriterOfASessionThatBreaks() throws Exception {
    try (Application application = Application.parkedBlocking(session)) {
      application.install(pair);
      application.writeFully(full);
      Background<Void> writer =
          Background.start(
              "writer",
              () -> {
                application.writeFully(full);
                return null;
              });
      Kernel.awaitInside(writer, "poll");

      application.guarded().breakOff();

      assertThatThrownBy(writer::result).hasMessage("Connection reset by peer");
    }
  }

  @Test
  void shouldGoOnWithoutTheLogWhenItIsGivenUp() throws Exception {
    try (Application application = linked()) {
      watch(application, ADD);
      application.writeNow(full);
      application.writeNow(full);

      session.sentLog().giveUpLog();
      application.guarded().roomMade();

      assertThat(events(SOON_MS)).isEqualTo(OUT);
      assertThat(application.writeNow(full)).isEqualTo(LIMIT_BYTES);
      assertThat(session.sentLog().isDemoted()).isTrue();
    }
  }

  /** The writer relies on its selector alone: an event that got lost would leave it there. */
  @Test
  void shouldLoseNoWakeUp() throws Exception {
    try (Application application = linked()) {
      watch(application, ADD);
      Background<Void> writer =
          Background.start(
              "writer",
              () -> {
                byte[] some = new byte[LIMIT_BYTES / 3];
                while (session.sentPosition() < STORM_BYTES) {
                  while (application.writeNow(some) == BelayNative.UNAVAILABLE) {
                    assertThat(events(SOON_MS)).isEqualTo(OUT);
                  }
                }
                return null;
              });
      Background<byte[]> peer = Background.start("peer", () -> pair.receive(STORM_BYTES));
      while (!writer.isDone()) {
        durable(application, session.sentPosition());
      }
      writer.result();
      peer.result();
      assertThat(session.sentLog().isDemoted()).isFalse();
    }
  }
}
